package crosscut.kernels.gemm;

import crosscut.kernels.Tolerance;
import crosscut.kernels.device.CpuFixture;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.Conformance;
import crosscut.kernels.device.cuda.CudaFixture;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

import static org.assertj.core.api.Assertions.assertThat;

/** What surrounds matrix products, against the plain formula. */
final class ElementwiseConformanceTest {

    private static CudaFixture fixture;

    @BeforeContainer
    static void open() {
        fixture = CudaFixture.open();
    }

    @AfterContainer
    static void close() {
        fixture.close();
    }

    @Property(tries = 50)
    void reluMask(@ForAll @IntRange(min = 0, max = 7) int rows, @ForAll @IntRange(min = 1, max = 1024) int columns, @ForAll Random random) {
        for (DataType type : Conformance.TYPES) {
            Tensor output = Conformance.view(fixture, type, rows, columns, random);
            Tensor gradient = Conformance.view(fixture, type, rows, columns, random);
            double[][] gates = fixture.values(output);
            Tensor expected = fixture.onCpu(gradient);
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column++) {
                    if (!(gates[row][column] > 0)) {
                        CpuFixture.set(expected, row, column, 0);
                    }
                }
            }
            byte[] before = fixture.bytes(gradient);
            fixture.run(new CudaElementwise(fixture.device().context()).reluMask(output, gradient));
            Conformance.assertSameBits(fixture, gradient, expected);
            Conformance.assertSurroundingsUntouched(fixture, gradient, before);
        }
    }

    @Property(tries = 40)
    void columnSums(@ForAll @IntRange(min = 0, max = 700) int rows, @ForAll @IntRange(min = 1, max = 90) int columns, @ForAll Random random) {
        for (DataType type : Conformance.TYPES) {
            assertSums(type, rows, columns, random);
        }
    }

    @Property(tries = 6)
    void columnSumsOfWideAndOfTallMatrices(@ForAll Random random) {
        DataType type = Conformance.TYPES.get(random.nextInt(Conformance.TYPES.size()));
        assertSums(type, 1 + random.nextInt(9), 1000 + random.nextInt(25), random);
        assertSums(type, 256 * 256 + random.nextInt(3), 1, random);
    }

    @Example
    void sameBitsInEveryOrderOfLanes() {
        CudaFixture.assertSameBits(other -> {
            Tensor values = other.random(DataType.BFLOAT16, 1000, 80, 0, 1, new Random(5));
            Tensor sums = other.zeros(DataType.FLOAT32, 1, 80);
            other.run(new CudaElementwise(other.device().context()).columnSums(values, sums));
            return other.bytes(sums);
        });
    }

    private static void assertSums(DataType type, int rows, int columns, Random random) {
        Tensor values = Conformance.unwrittenView(fixture, type, rows, columns, random);
        if (rows > 0) {
            fixture.fill(values, (row, column) -> 2 * random.nextDouble() - 1);
        }
        Tensor sums = fixture.random(DataType.FLOAT32, 1, columns, 0, 1, random);
        Operation operation = new CudaElementwise(fixture.device().context()).columnSums(values, sums);
        fixture.run(operation);
        double[][] terms = fixture.values(values);
        double[] actual = fixture.values(sums)[0];
        Tolerance tolerance = new Tolerance(DataType.FLOAT32, Math.max(1, rows));
        for (int column = 0; column < columns; column++) {
            double expected = 0;
            for (double[] row : terms) {
                expected += row[column];
            }
            assertThat(tolerance.accepts(actual[column], expected, 1)).as("column %d: %s for %s", column, actual[column], expected).isTrue();
        }
        byte[] first = fixture.bytes(sums);
        fixture.run(operation);
        assertThat(fixture.bytes(sums)).isEqualTo(first);
    }
}
