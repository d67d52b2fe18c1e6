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

class FewRowsBfloat16Test {

    /** Rows, terms and columns around every border of a strip, a vector and a group. */
    @Property(tries = 200)
    void sumsAreThoseOfPlainLoops(
            @ForAll @IntRange(min = 0, max = 2) int rows, @ForAll @IntRange(min = 1, max = 70) int depth, @ForAll @IntRange(min = 1, max = 1100) int columns,
            @ForAll boolean hasBias, @ForAll boolean isRelu, @ForAll @IntRange(min = 0, max = 3) int gap, @ForAll long seed) {
        TestMatrix x = TestMatrix.view(DataType.BFLOAT16, rows, depth, gap, gap).random(new SplittableRandom(seed));
        TestMatrix w = TestMatrix.view(DataType.BFLOAT16, depth, columns, 0, gap).random(new SplittableRandom(seed + 1));
        TestMatrix bias = TestMatrix.dense(DataType.FLOAT32, 1, columns).random(new SplittableRandom(seed + 2));
        TestMatrix y = TestMatrix.view(DataType.BFLOAT16, rows, columns, 1, gap);
        Activation activation = isRelu ? Activation.RELU : Activation.NONE;
        ProductTerms terms = ProductTerms.forward(x.tensor(), w.tensor(), hasBias ? bias.tensor() : null, DataType.FLOAT32, activation, y.tensor());
        assertThat(FewRowsBfloat16.suits(terms)).isTrue();
        try (WorkerPool pool = new WorkerPool(2)) {
            new FewRowsBfloat16(pool, terms).launch(null);
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
        TestMatrix x = TestMatrix.dense(DataType.BFLOAT16, 2, 67).random(new SplittableRandom(1));
        TestMatrix w = TestMatrix.dense(DataType.BFLOAT16, 67, 300).random(new SplittableRandom(2));
        TestMatrix y = TestMatrix.dense(DataType.BFLOAT16, 2, 300);
        try (WorkerPool pool = new WorkerPool(1)) {
            CpuFixture.assertAllocatesNothing(
                    new FewRowsBfloat16(pool, ProductTerms.forward(x.tensor(), w.tensor(), null, DataType.FLOAT32, Activation.RELU, y.tensor())));
        }
    }

    @Example
    void moreRowsAndOtherTypesGoAnotherWay() {
        for (DataType type : new DataType[] {DataType.FLOAT32, DataType.BFLOAT16}) {
            assertThat(suits(type, 3)).isFalse();
        }
        assertThat(suits(DataType.FLOAT32, 1)).isFalse();
        assertThat(suits(DataType.BFLOAT16, 1)).isTrue();
    }

    private static boolean suits(DataType type, int rows) {
        TestMatrix x = TestMatrix.dense(type, rows, 4);
        TestMatrix w = TestMatrix.dense(type, 4, 5);
        TestMatrix y = TestMatrix.dense(type, rows, 5);
        return FewRowsBfloat16.suits(ProductTerms.forward(x.tensor(), w.tensor(), null, DataType.FLOAT32, Activation.NONE, y.tensor()));
    }
}
