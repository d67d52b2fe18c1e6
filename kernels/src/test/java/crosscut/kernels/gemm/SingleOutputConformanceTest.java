package crosscut.kernels.gemm;

import crosscut.kernels.Tolerance;
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
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Products with one column, against double arithmetic. */
final class SingleOutputConformanceTest {

    private static CudaFixture fixture;

    @BeforeContainer
    static void open() {
        fixture = CudaFixture.open();
    }

    @AfterContainer
    static void close() {
        fixture.close();
    }

    @Property(tries = 40)
    void forward(@ForAll @IntRange(min = 0, max = 40) int rows, @ForAll @IntRange(min = 1, max = 600) int width, @ForAll Random random) {
        for (DataType type : Conformance.TYPES) {
            Tensor x = random(type, rows, width, random);
            Tensor w = fixture.random(type, width, 1, 0, 1, random);
            Tensor bias = random.nextBoolean() ? fixture.random(DataType.FLOAT32, 1, 1, 0, 1, random) : null;
            Activation activation = random.nextBoolean() ? Activation.RELU : Activation.NONE;
            Tensor y = Conformance.unwrittenView(fixture, type, rows, 1, random);
            byte[] before = fixture.bytes(y);
            fixture.run(products().forward(x, w, bias, activation, y));
            double[][] xs = fixture.values(x);
            double[][] ws = fixture.values(w);
            double[][] ys = fixture.values(y);
            for (int row = 0; row < rows; row++) {
                double sum = bias == null ? 0 : fixture.get(bias, 0, 0);
                for (int column = 0; column < width; column++) {
                    sum += xs[row][column] * ws[column][0];
                }
                double expected = activation == Activation.RELU ? Math.max(sum, 0) : sum;
                assertClose(type, width + 1, ys[row][0], expected);
            }
            Conformance.assertSurroundingsUntouched(fixture, y, before);
        }
    }

    @Property(tries = 40)
    void inputGradient(@ForAll @IntRange(min = 0, max = 8) int rows, @ForAll @IntRange(min = 1, max = 600) int width, @ForAll Random random) {
        for (DataType type : Conformance.TYPES) {
            Tensor dy = random(type, rows, 1, random);
            Tensor w = fixture.random(type, width, 1, 0, 1, random);
            Tensor residual = random.nextBoolean() ? random(type, rows, width, random) : null;
            Tensor output = random.nextBoolean() ? random(type, rows, width, random) : null;
            Tensor dx = Conformance.unwrittenView(fixture, type, rows, width, random);
            byte[] before = fixture.bytes(dx);
            fixture.run(products().inputGradient(dy, w, residual, output, dx));
            double[][] actual = fixture.values(dx);
            double[][] dys = fixture.values(dy);
            double[][] ws = fixture.values(w);
            double[][] residuals = residual == null ? new double[rows][width] : fixture.values(residual);
            double[][] outputs = output == null ? null : fixture.values(output);
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < width; column++) {
                    boolean open = outputs == null || outputs[row][column] > 0;
                    assertClose(type, 2, actual[row][column], open ? dys[row][0] * ws[column][0] + residuals[row][column] : 0);
                }
            }
            Conformance.assertSurroundingsUntouched(fixture, dx, before);
        }
    }

    @Property(tries = 30)
    void weightGradient(@ForAll @IntRange(min = 0, max = 700) int rows, @ForAll @IntRange(min = 1, max = 70) int width, @ForAll Random random) {
        for (DataType type : Conformance.TYPES) {
            Tensor x = random(type, rows, width, random);
            Tensor dy = random(type, rows, 1, random);
            Tensor dw = fixture.random(DataType.FLOAT32, width, 1, 0, 1, random);
            Tensor db = random.nextBoolean() ? fixture.random(DataType.FLOAT32, 1, 1, 0, 1, random) : null;
            Operation operation = products().weightGradient(x, dy, dw, db);
            fixture.run(operation);
            double[][] xs = fixture.values(x);
            double[][] dys = fixture.values(dy);
            double[][] actual = fixture.values(dw);
            double biasGradient = 0;
            for (double[] row : dys) {
                biasGradient += row[0];
            }
            for (int column = 0; column < width; column++) {
                double sum = 0;
                for (int row = 0; row < rows; row++) {
                    sum += xs[row][column] * dys[row][0];
                }
                assertClose(DataType.FLOAT32, Math.max(1, rows), actual[column][0], sum);
            }
            if (db != null) {
                assertClose(DataType.FLOAT32, Math.max(1, rows), fixture.get(db, 0, 0), biasGradient);
            }
            byte[] first = fixture.bytes(dw);
            fixture.run(operation);
            assertThat(fixture.bytes(dw)).isEqualTo(first);
        }
    }

    @Example
    void sameBitsInEveryOrderOfLanes() {
        CudaFixture.assertSameBits(other -> {
            Tensor x = other.random(DataType.FLOAT16, 20, 300, 0, 1, new Random(6));
            Tensor w = other.random(DataType.FLOAT16, 300, 1, 0, 1, new Random(7));
            Tensor y = other.zeros(DataType.FLOAT16, 20, 1);
            other.run(new CudaSingleOutput(other.device().context()).forward(x, w, null, Activation.NONE, y));
            return other.bytes(y);
        });
    }

    @Example
    void aColumnWithGapsIsRefused() {
        Tensor x = fixture.zeros(DataType.FLOAT32, 2, 3);
        Tensor w = fixture.zeros(DataType.FLOAT32, 3, 1, 1);
        Tensor y = fixture.zeros(DataType.FLOAT32, 2, 1);
        assertThatIllegalArgumentException().isThrownBy(() -> products().forward(x, w, null, Activation.NONE, y))
                .withMessage("w is 3 x 1 FLOAT32 with row stride 2; a single column must have no gaps");
    }

    /** Values up to 1 in size. */
    private static Tensor random(DataType type, int rows, int columns, Random random) {
        Tensor tensor = Conformance.unwrittenView(fixture, type, rows, columns, random);
        if (rows > 0) {
            fixture.fill(tensor, (row, column) -> 2 * random.nextDouble() - 1);
        }
        return tensor;
    }

    private static void assertClose(DataType type, int terms, double actual, double expected) {
        assertThat(new Tolerance(type, terms).accepts(actual, expected, 1)).as("%s for %s", actual, expected).isTrue();
    }

    private static CudaSingleOutput products() {
        return new CudaSingleOutput(fixture.device().context());
    }
}
