package crosscut.kernels.gemm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import crosscut.bindings.onednn.OneDnn;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.WorkerPool;
import java.util.Arrays;
import java.util.SplittableRandom;
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

/** Both implementations against plain loops in double precision. */
class MatrixProductsPropertyTest {

    private static WorkerPool pool;
    private static CpuMatrixProducts oneDnn;
    private static CpuMatrixProducts plainJava;

    /** One linear layer with all its options. */
    record Case(boolean isOneDnn, DataType type, int batch, int in, int out, int offset, int gap, boolean first, boolean second, long seed) {

        CpuMatrixProducts products() {
            return isOneDnn ? oneDnn : plainJava;
        }

        TestMatrix matrix(int rows, int columns) {
            return TestMatrix.view(type, rows, columns, offset, gap).random(new SplittableRandom(seed + rows * 31L + columns));
        }

        TestMatrix row(int columns) {
            return TestMatrix.dense(DataType.FLOAT32, 1, columns).random(new SplittableRandom(seed));
        }
    }

    @BeforeContainer
    static void open() {
        pool = new WorkerPool(2);
        oneDnn = CpuMatrixProducts.open(pool, MatrixLibrary.ONEDNN);
        plainJava = CpuMatrixProducts.open(pool, MatrixLibrary.JAVA);
    }

    @AfterContainer
    static void close() {
        oneDnn.close();
        plainJava.close();
        pool.close();
    }

    @Provide
    static Arbitrary<Case> cases() {
        Arbitrary<Integer> size = Arbitraries.frequencyOf(
                Tuple.of(1, Arbitraries.just(1)),
                Tuple.of(6, Arbitraries.integers().between(2, 80)),
                Tuple.of(1, Arbitraries.integers().between(250, 600)));
        Arbitrary<Integer> batch = Arbitraries.frequencyOf(
                Tuple.of(1, Arbitraries.integers().between(0, 2)),
                Tuple.of(4, Arbitraries.integers().between(3, 150)),
                Tuple.of(1, Arbitraries.integers().between(500, 700)));
        Arbitrary<Integer> space = Arbitraries.of(0, 0, 1, 3, 8);
        Arbitrary<Boolean> option = Arbitraries.of(true, false);
        return Combinators.combine(
                Combinators.combine(option, Arbitraries.of(DataType.FLOAT32, DataType.BFLOAT16)).as(Tuple::of),
                batch, size, size, space, space, Combinators.combine(option, option).as(Tuple::of), Arbitraries.longs())
                .as((kind, rows, in, out, offset, gap, options, seed) ->
                        new Case(kind.get1(), kind.get2(), rows, in, out, offset, gap, options.get1(), options.get2(), seed));
    }

    @Property(tries = 120, edgeCases = EdgeCasesMode.NONE)
    void forward(@ForAll("cases") Case one) {
        TestMatrix x = one.matrix(one.batch(), one.in());
        TestMatrix w = one.matrix(one.in(), one.out());
        TestMatrix bias = one.first() ? one.row(one.out()) : null;
        Activation activation = one.second() ? Activation.RELU : Activation.NONE;
        TestMatrix y = TestMatrix.view(one.type(), one.batch(), one.out(), one.gap(), one.offset());

        one.products().forward(x.tensor(), w.tensor(), bias == null ? null : bias.tensor(), activation, y.tensor()).launch(null);

        assertForward(one, x, w, bias, activation, y);
    }

    /** A second set of values lies in the same weights, as after a step of training. */
    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void forwardWithFixedWeights(@ForAll("cases") Case one, @ForAll boolean hasOneRow) {
        int rows = hasOneRow ? 1 : one.batch();
        TestMatrix x = one.matrix(rows, one.in());
        TestMatrix w = one.matrix(one.in(), one.out());
        TestMatrix bias = one.first() ? one.row(one.out()) : null;
        Activation activation = one.second() ? Activation.RELU : Activation.NONE;
        TestMatrix y = TestMatrix.view(one.type(), rows, one.out(), one.gap(), one.offset());
        try (FixedWeights fixed = new FixedWeights((_, bytes) -> TestMatrix.memory(bytes))) {
            Operation product = one.products().forward(x.tensor(), w.tensor(), bias == null ? null : bias.tensor(), activation, y.tensor(), fixed);
            for (int round = 0; round < 2; round++) {
                w.random(new SplittableRandom(one.seed() + round));
                fixed.take(null);
                product.launch(null);
                assertForward(one, x, w, bias, activation, y);
            }
        }
    }

    @Example
    void fixedWeightsHaveToBeTaken() {
        for (int rows : new int[] {1, 40}) {
            TestMatrix x = TestMatrix.dense(DataType.FLOAT32, rows, 300);
            TestMatrix y = TestMatrix.dense(DataType.FLOAT32, rows, 400);
            try (FixedWeights fixed = new FixedWeights((_, bytes) -> TestMatrix.memory(bytes))) {
                Operation product = oneDnn.forward(x.tensor(), TestMatrix.dense(DataType.FLOAT32, 300, 400).tensor(), null, Activation.NONE, y.tensor(), fixed);
                assertThatIllegalStateException().isThrownBy(() -> product.launch(null))
                        .withMessage("a product was launched before its fixed weights were taken");
            }
        }
    }

    private static void assertForward(Case one, TestMatrix x, TestMatrix w, TestMatrix bias, Activation activation, TestMatrix y) {
        ReferenceProduct expected = ReferenceProduct.of(x.values(), w.values(), Math.toIntExact(x.tensor().rows()), one.in(), one.out());
        for (int row = 0; row < expected.rows(); row++) {
            for (int column = 0; column < expected.columns(); column++) {
                expected.add(row, column, bias == null ? 0 : bias.get(0, column));
                expected.set(row, column, activation == Activation.RELU ? Math.max(expected.get(row, column), 0) : expected.get(row, column));
            }
        }
        expected.assertEqualTo(y);
    }

    @Property(tries = 120, edgeCases = EdgeCasesMode.NONE)
    void inputGradient(@ForAll("cases") Case one, @ForAll boolean inPlace) {
        TestMatrix dy = one.matrix(one.batch(), one.out());
        TestMatrix w = one.matrix(one.in(), one.out());
        TestMatrix dx = TestMatrix.view(one.type(), one.batch(), one.in(), one.gap(), one.offset()).random(new SplittableRandom(one.seed()));
        TestMatrix residual = !one.first() ? null : inPlace ? dx : one.matrix(one.batch(), one.in());
        TestMatrix reluOutput = one.second() ? TestMatrix.dense(one.type(), one.batch(), one.in()).random(new SplittableRandom(~one.seed())) : null;
        double[][] added = residual == null ? null : residual.values();

        one.products().inputGradient(dy.tensor(), w.tensor(), residual == null ? null : residual.tensor(), reluOutput == null ? null : reluOutput.tensor(),
                dx.tensor()).launch(null);

        double[][] wTransposed = ReferenceProduct.transposed(w.values(), one.out());
        ReferenceProduct expected = ReferenceProduct.of(dy.values(), wTransposed, one.batch(), one.out(), one.in());
        for (int row = 0; row < expected.rows(); row++) {
            for (int column = 0; column < expected.columns(); column++) {
                expected.add(row, column, added == null ? 0 : added[row][column]);
                expected.set(row, column, reluOutput == null || reluOutput.get(row, column) > 0 ? expected.get(row, column) : 0);
            }
        }
        expected.assertEqualTo(dx);
    }

    @Property(tries = 120, edgeCases = EdgeCasesMode.NONE)
    void weightGradient(@ForAll("cases") Case one) {
        TestMatrix x = one.matrix(one.batch(), one.in());
        TestMatrix dy = one.matrix(one.batch(), one.out());
        TestMatrix dw = TestMatrix.view(DataType.FLOAT32, one.in(), one.out(), one.gap(), one.offset());
        TestMatrix db = one.first() ? TestMatrix.dense(DataType.FLOAT32, 1, one.out()) : null;

        one.products().weightGradient(x.tensor(), dy.tensor(), dw.tensor(), db == null ? null : db.tensor()).launch(null);

        double[][] xTransposed = ReferenceProduct.transposed(x.values(), one.in());
        ReferenceProduct.of(xTransposed, dy.values(), one.in(), one.batch(), one.out()).assertEqualTo(dw);
        if (db != null) {
            double[][] ones = new double[1][one.batch()];
            Arrays.fill(ones[0], 1);
            ReferenceProduct.of(ones, dy.values(), 1, one.batch(), one.out()).assertEqualTo(db);
        }
    }

    /** One layer as wide as the model's cross layers, so that every kind of block takes part. */
    @Example
    void wideLayer() {
        for (boolean isOneDnn : new boolean[] {true, false}) {
            for (DataType type : new DataType[] {DataType.FLOAT32, DataType.BFLOAT16}) {
                forward(new Case(isOneDnn, type, 300, 40, 1100, 0, 0, true, true, 1));
                forwardWithFixedWeights(new Case(isOneDnn, type, 300, 140, 1100, 0, 0, true, true, 1), false);
                forwardWithFixedWeights(new Case(isOneDnn, type, 2, 300, 1100, 0, 0, true, true, 1), false);
                inputGradient(new Case(isOneDnn, type, 300, 1100, 40, 0, 0, true, true, 2), true);
                weightGradient(new Case(isOneDnn, type, 40, 300, 1100, 0, 0, true, true, 3));
            }
        }
    }

    /** Sums of more terms than are widened or packed at a time, the last ones fewer, with columns that fill no block. */
    @Example
    void longSums() {
        for (boolean isOneDnn : new boolean[] {true, false}) {
            for (DataType type : new DataType[] {DataType.FLOAT32, DataType.BFLOAT16}) {
                forward(new Case(isOneDnn, type, 70, 1100, 97, 0, 0, true, true, 7));
                inputGradient(new Case(isOneDnn, type, 70, 97, 1100, 0, 0, true, true, 8), false);
                weightGradient(new Case(isOneDnn, type, 1100, 70, 97, 0, 0, true, true, 9));
            }
        }
    }

    /** Layers whose operands are copied for a whole launch; of the weight gradient, the transposed one too. */
    @Example
    void copiedOperands() {
        BlockGrid grid = BlockGrid.of(256, 128, 1088);
        for (DataType type : new DataType[] {DataType.FLOAT32, DataType.BFLOAT16}) {
            for (int offset : new int[] {0, 3}) {
                Case one = new Case(true, type, 256, 128, 1088, offset, 5, true, true, 4);
                Tensor x = one.matrix(256, 128).tensor();
                assertThat(LaunchedRight.suits(new MatrixView(one.matrix(128, 1088).tensor(), false), grid)).isTrue();
                assertThat(LaunchedLeft.suits(new MatrixView(x, true), BlockGrid.of(128, 256, 1088))).isTrue();
                assertThat(LaunchedLeft.suits(new MatrixView(x, true), BlockGrid.of(128, 256, 512))).as("one block of columns").isFalse();
                forward(one);
                inputGradient(new Case(true, type, 256, 1088, 128, offset, 5, true, true, 5), false);
                weightGradient(one);
            }
        }
    }

    @Example
    void weightGradientInPartsOfTheBatch() {
        try (OneDnnMatrixProducts products = new OneDnnMatrixProducts(pool, OneDnn.open())) {
            OneDnnTypes.here().forEach(type -> weightGradientInParts(products, type));
        }
    }

    private static void weightGradientInParts(OneDnnMatrixProducts products, DataType type) {
        Case one = new Case(true, type, 700, 70, 90, 1, 2, false, false, 6);
        TestMatrix x = one.matrix(700, 70);
        TestMatrix dy = one.matrix(700, 90);
        TestMatrix dw = TestMatrix.view(DataType.FLOAT32, 70, 90, 1, 1);
        ProductTerms terms = ProductTerms.weightGradient(x.tensor(), dy.tensor(), dw.tensor(), null);
        products.bindParts(DepthCut.into(3, terms), null).launch(null);
        ReferenceProduct.of(ReferenceProduct.transposed(x.values(), 70), dy.values(), 70, 700, 90).assertEqualTo(dw);
    }
}
