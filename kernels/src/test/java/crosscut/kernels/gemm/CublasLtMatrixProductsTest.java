package crosscut.kernels.gemm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.CudaFixture;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Products on the GPU against plain loops in double precision, with everything fused and with nothing fused. */
class CublasLtMatrixProductsTest {

    private static CudaFixture fixture;
    private static CudaFixture tf32;

    /**
     * One linear layer with all its options.
     *
     * @param epilogues whether cuBLASLt's epilogues are used where there is a choice
     */
    record Case(DataType type, boolean isTf32, boolean epilogues, int batch, int in, int out, int offset, int gap, boolean first, boolean second, long seed) {

        CudaFixture fixture() {
            return isTf32 ? tf32 : fixture;
        }

        /** The type whose rounding the factors of a product have. */
        DataType precision() {
            return isTf32 ? DataType.FLOAT16 : DataType.FLOAT32;
        }

        CublasLtMatrixProducts products() {
            Set<Epilogue> needed = Set.of(Epilogue.NONE, Epilogue.BIAS, Epilogue.RELU, Epilogue.RELU_BIAS);
            return CublasLtMatrixProducts.open(fixture().device().context(), fixture().libraries().blas(), fixture().options(),
                    epilogue -> epilogues || needed.contains(epilogue));
        }

        /** About every eighth value is 0, and all are representable. */
        Tensor matrix(int rows, int columns, int salt) {
            Random random = new Random(seed + salt);
            Tensor whole = fixture().zeros(type, rows, columns + offset, gap);
            fixture().fill(whole, (row, column) -> random.nextInt(8) == 0 ? 0 : 2 * random.nextDouble() - 1);
            return whole.columnRange(offset, columns);
        }

        /** A bias or bias gradient, whose values half precision holds too. */
        Tensor row(int columns, DataType rowType) {
            Random random = new Random(seed);
            Tensor row = fixture().zeros(rowType, 1, columns);
            fixture().fill(row, (unused, column) -> random.nextInt(-64, 64) / 64.0);
            return row;
        }
    }

    @BeforeContainer
    static void open() {
        fixture = CudaFixture.open();
        tf32 = CudaFixture.open(options -> options.withTf32(true));
    }

    @AfterContainer
    static void close() {
        fixture.close();
        tf32.close();
    }

    @Provide
    static Arbitrary<Case> cases() {
        Arbitrary<Integer> size = Arbitraries.frequencyOf(
                Tuple.of(1, Arbitraries.just(1)),
                Tuple.of(4, Arbitraries.integers().between(2, 40)),
                Tuple.of(2, Arbitraries.of(8, 64, 128)),
                Tuple.of(1, Arbitraries.integers().between(120, 300)));
        Arbitrary<Integer> batch = Arbitraries.frequencyOf(
                Tuple.of(1, Arbitraries.integers().between(0, 2)),
                Tuple.of(4, Arbitraries.integers().between(3, 70)),
                Tuple.of(1, Arbitraries.integers().between(250, 600)));
        Arbitrary<Integer> space = Arbitraries.of(0, 0, 1, 3, 8);
        Arbitrary<Boolean> option = Arbitraries.of(true, false);
        Arbitrary<Tuple.Tuple2<DataType, Boolean>> kind = Arbitraries.of(Tuple.of(DataType.FLOAT32, false), Tuple.of(DataType.FLOAT32, true),
                Tuple.of(DataType.BFLOAT16, false), Tuple.of(DataType.FLOAT16, false));
        return Combinators.combine(kind, batch, size, size, Combinators.combine(space, space).as(Tuple::of),
                Combinators.combine(option, option, option).as(Tuple::of), Arbitraries.longs())
                .as((type, rows, in, out, spaces, options, seed) -> new Case(type.get1(), type.get2(), options.get3(), rows, in, out, spaces.get1(),
                        spaces.get2(), options.get1(), options.get2(), seed));
    }

    @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
    void forward(@ForAll("cases") Case one, @ForAll boolean convertsBias) {
        Tensor x = one.matrix(one.batch(), one.in(), 1);
        Tensor w = one.matrix(one.in(), one.out(), 2);
        Activation activation = one.second() ? Activation.RELU : Activation.NONE;
        Tensor y = one.matrix(one.batch(), one.out(), 3);

        Tensor bias;
        try (CublasLtMatrixProducts products = one.products()) {
            bias = !one.first() ? null : one.row(one.out(), convertsBias ? DataType.FLOAT32 : products.biasType(w));
            one.fixture().run(products.forward(x, w, bias, activation, y));
            if (!convertsBias) {
                assertThat(products.bound()).allSatisfy(product -> assertThat(product.separatePasses()).isEmpty());
            }
        }

        expectedForward(one, x, w, bias, activation).assertEqualTo(one.fixture().values(y), one.type(), one.precision());
        one.fixture().assertGapsUntouched(y);
    }

    private static ReferenceProduct expectedForward(Case one, Tensor x, Tensor w, Tensor bias, Activation activation) {
        ReferenceProduct expected = ReferenceProduct.of(one.fixture().values(x), one.fixture().values(w), one.batch(), one.in(), one.out());
        double[][] added = bias == null ? new double[1][one.out()] : one.fixture().values(bias);
        DoubleUnaryOperator activated = activation == Activation.RELU ? sum -> Math.max(sum, 0) : sum -> sum;
        for (int row = 0; row < expected.rows(); row++) {
            for (int column = 0; column < expected.columns(); column++) {
                expected.add(row, column, added[0][column]);
                expected.set(row, column, activated.applyAsDouble(expected.get(row, column)));
            }
        }
        return expected;
    }

    @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
    void inputGradient(@ForAll("cases") Case one, @ForAll boolean inPlace, @ForAll boolean afterForward) {
        Tensor dy = one.matrix(one.batch(), one.out(), 1);
        Tensor w = one.matrix(one.in(), one.out(), 2);
        Tensor dx = one.matrix(one.batch(), one.in(), 3);
        Tensor residual = !one.first() ? null : inPlace ? dx : one.matrix(one.batch(), one.in(), 4);
        Tensor reluOutput = one.second() ? one.matrix(one.batch(), one.in(), 5) : null;
        double[][] added = residual == null ? null : one.fixture().values(residual);

        try (CublasLtMatrixProducts products = one.products()) {
            Operation forward = reluOutput == null || !afterForward ? stream -> { }
                    : products.forward(one.matrix(one.batch(), 5, 6), one.matrix(5, one.in(), 7), null, Activation.RELU, reluOutput);
            Operation gradient = products.inputGradient(dy, w, residual, reluOutput, dx);
            one.fixture().run(forward, gradient);
            boolean isFused = one.epilogues() && afterForward && reluOutput != null;
            if (one.batch() > 0 && one.in() > 1 && one.out() > 1) {
                assertThat(products.bound()).extracting(CublasLtMatrixProducts.BoundProduct::epilogue)
                        .containsExactlyElementsOf(isFused ? List.of("RELU_AUX", "DRELU")
                                : reluOutput != null && afterForward ? List.of("RELU", "NONE") : List.of("NONE"));
            }
        }

        double[][] outputs = reluOutput == null ? null : one.fixture().values(reluOutput);
        ReferenceProduct expected = ReferenceProduct.of(one.fixture().values(dy), ReferenceProduct.transposed(one.fixture().values(w), one.out()), one.batch(),
                one.out(), one.in());
        for (int row = 0; row < expected.rows(); row++) {
            for (int column = 0; column < expected.columns(); column++) {
                expected.add(row, column, added == null ? 0 : added[row][column]);
                expected.set(row, column, outputs == null || outputs[row][column] > 0 ? expected.get(row, column) : 0);
            }
        }
        expected.assertEqualTo(one.fixture().values(dx), one.type(), one.precision());
        one.fixture().assertGapsUntouched(dx);
    }

    @Property(tries = 150, edgeCases = EdgeCasesMode.NONE)
    void weightGradient(@ForAll("cases") Case one) {
        Tensor x = one.matrix(one.batch(), one.in(), 1);
        Tensor dy = one.matrix(one.batch(), one.out(), 2);
        Tensor dw = one.fixture().random(DataType.FLOAT32, one.in(), one.out(), one.gap(), 1, new Random(one.seed()));
        Tensor db = one.first() ? one.row(one.out(), DataType.FLOAT32) : null;

        try (CublasLtMatrixProducts products = one.products()) {
            one.fixture().run(products.weightGradient(x, dy, dw, db));
        }

        double[][] transposed = ReferenceProduct.transposed(one.fixture().values(x), one.in());
        double[][] gradients = one.fixture().values(dy);
        ReferenceProduct.of(transposed, gradients, one.in(), one.batch(), one.out())
                .assertEqualTo(one.fixture().values(dw), DataType.FLOAT32, one.precision());
        one.fixture().assertGapsUntouched(dw);
        if (db != null) {
            double[][] ones = new double[1][one.batch()];
            Arrays.fill(ones[0], 1);
            ReferenceProduct.of(ones, gradients, 1, one.batch(), one.out()).assertEqualTo(one.fixture().values(db), DataType.FLOAT32, one.precision());
        }
    }

    @Example
    void streamsWithoutProductsHaveNoMemoryForThemAndRefuseThem() {
        try (CudaFixture fixture = CudaFixture.open()) {
            Tensor x = fixture.zeros(DataType.FLOAT32, 16, 16);
            Operation product = fixture.device().matrixProducts().forward(x, x, null, Activation.NONE, fixture.zeros(DataType.FLOAT32, 16, 16));
            long free = fixture.device().freeMemory();
            try (Stream stream = fixture.device().createStreamWithoutProducts("preparation")) {
                assertThat(fixture.device().freeMemory()).isEqualTo(free);
                assertThatIllegalStateException().isThrownBy(() -> product.launch(stream))
                        .withMessage("a matrix product was launched on CUDA stream preparation, which was made without a workspace for products");
            }
        }
    }
}
