package crosscut.kernels.gemm;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.kernels.device.CpuFixture;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.WorkerPool;
import java.util.SplittableRandom;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class FewRowsTest {

    /** Rows, terms and columns around every border of a panel, a task and a group of terms. */
    @Property(tries = 300)
    void sumsAreThoseOfPlainLoops(
            @ForAll boolean isBfloat16, @ForAll @IntRange(min = 0, max = 2) int rows, @ForAll @IntRange(min = 1, max = 70) int depth,
            @ForAll @IntRange(min = 1, max = 1100) int columns, @ForAll boolean hasBias, @ForAll boolean isRelu, @ForAll @IntRange(min = 0, max = 3) int gap,
            @ForAll long seed) {
        DataType type = isBfloat16 ? DataType.BFLOAT16 : DataType.FLOAT32;
        TestMatrix x = TestMatrix.view(type, rows, depth, gap, gap).random(new SplittableRandom(seed));
        TestMatrix w = TestMatrix.view(type, depth, columns, 0, gap).random(new SplittableRandom(seed + 1));
        TestMatrix bias = TestMatrix.dense(DataType.FLOAT32, 1, columns).random(new SplittableRandom(seed + 2));
        TestMatrix y = TestMatrix.view(type, rows, columns, 1, gap);
        Activation activation = isRelu ? Activation.RELU : Activation.NONE;
        ProductTerms terms = ProductTerms.forward(x.tensor(), w.tensor(), hasBias ? bias.tensor() : null, DataType.FLOAT32, activation, y.tensor());
        try (WorkerPool pool = new WorkerPool(2); FixedWeights fixed = fixedWeights()) {
            assertThat(FewRows.suits(terms, fixed)).isTrue();
            FewRows product = new FewRows(pool, terms, fixed);
            fixed.take(null);
            product.launch(null);
        }
        ReferenceProduct expected = ReferenceProduct.of(x.values(), w.values(), rows, depth, columns);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                expected.add(row, column, hasBias ? bias.get(0, column) : 0);
                expected.set(row, column, isRelu ? Math.max(expected.get(row, column), 0) : expected.get(row, column));
            }
        }
        expected.assertEqualTo(y);
    }

    @Example
    void launchingAllocatesNothing() {
        for (DataType type : new DataType[] {DataType.FLOAT32, DataType.BFLOAT16}) {
            TestMatrix x = TestMatrix.dense(type, 2, 67).random(new SplittableRandom(1));
            TestMatrix w = TestMatrix.dense(type, 67, 300).random(new SplittableRandom(2));
            TestMatrix y = TestMatrix.dense(type, 2, 300);
            try (WorkerPool pool = new WorkerPool(1); FixedWeights fixed = fixedWeights()) {
                FewRows product = new FewRows(pool, ProductTerms.forward(x.tensor(), w.tensor(), null, DataType.FLOAT32, Activation.RELU, y.tensor()), fixed);
                fixed.take(null);
                CpuFixture.assertAllocatesNothing(product);
            }
        }
    }

    @Example
    void moreRowsOfLargeLayersAndWeightsThatChangeGoAnotherWay() {
        assertThat(suits(2, 1 << 20, true)).isTrue();
        assertThat(suits(3, 1 << 20, true)).isFalse();
        assertThat(suits(3, 1 << 10, true)).isTrue();
        assertThat(suits(1, 1 << 10, false)).isFalse();
    }

    private static boolean suits(int rows, int weights, boolean areFixed) {
        TestMatrix x = TestMatrix.dense(DataType.BFLOAT16, rows, weights / 4);
        TestMatrix w = TestMatrix.dense(DataType.BFLOAT16, weights / 4, 4);
        TestMatrix y = TestMatrix.dense(DataType.BFLOAT16, rows, 4);
        try (FixedWeights fixed = fixedWeights()) {
            return FewRows.suits(ProductTerms.forward(x.tensor(), w.tensor(), null, DataType.FLOAT32, Activation.NONE, y.tensor()), areFixed ? fixed : null);
        }
    }

    private static FixedWeights fixedWeights() {
        return new FixedWeights((_, bytes) -> TestMatrix.memory(bytes));
    }
}
