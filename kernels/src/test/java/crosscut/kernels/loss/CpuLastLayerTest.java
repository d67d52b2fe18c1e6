package crosscut.kernels.loss;

import crosscut.kernels.Tolerance;
import crosscut.kernels.device.CpuFixture;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.WorkerPool;
import crosscut.kernels.gemm.Activation;
import crosscut.kernels.gemm.CpuMatrixProducts;
import crosscut.kernels.gemm.MatrixLibrary;
import java.io.ByteArrayOutputStream;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class CpuLastLayerTest {

    @Test
    void handWorkedNumbers() {
        try (CpuFixture fixture = new CpuFixture(1)) {
            LastLayerCase c = bind(fixture, DataType.FLOAT32, 4, 2, true, 8, 16, new Random(1));
            CpuFixture.fill(c.layer().w(), (row, column) -> row == 0 ? 2 : -4);
            CpuFixture.set(c.layer().bias(), 0, 0, 1);
            // Logits 0, 1000, -1000 and 2.
            double[][] x = {{-0.5, 0}, {499.5, 0}, {0, 250.25}, {0, -0.25}};
            CpuFixture.fill(c.layer().x(), (row, column) -> x[(int) row][column]);
            CpuFixture.fill(c.labels(), (row, column) -> column == 1 ? 0 : 1);
            launch(fixture, c);
            assertThat(column(c.layer().logits())).containsExactly(0, 1000, -1000, 2);
            // ln 2 + 1000 + 1000 + ln(1 + e^-2), over a global batch of 8.
            assertClose(CpuFixture.get(c.loss(), 0, 0), (0.6931471805599453 + 2000 + 0.1269280110429725) / 8);
            float last = (float) (2 * (0.8807970779778823 - 1));
            assertThat(column(c.layer().logitGradient())).containsExactly(-1, 2, -2, last);
            // What a ReLU gave as 0, or never gave, lets nothing through.
            assertThat(column(c.layer().inputGradient())).containsExactly(0, 4, 0, 0);
            assertThat(CpuFixture.get(c.layer().inputGradient(), 2, 1)).isEqualTo(8);
            assertClose(CpuFixture.get(c.layer().weightGradient(), 0, 0), 0.5 + 999);
            assertClose(CpuFixture.get(c.layer().weightGradient(), 1, 0), -500.5 - 0.25 * last);
            assertClose(CpuFixture.get(c.layer().biasGradient(), 0, 0), -1 + last);
        }
    }

    private static void assertClose(double actual, double expected) {
        assertThat(new Tolerance(DataType.FLOAT32, 1).accepts(actual, expected, 0)).as("%s for %s", actual, expected).isTrue();
    }

    @Property(tries = 60)
    void agreesWithDoubles(
            @ForAll @IntRange(min = 0, max = 2600) int rows, @ForAll @IntRange(min = 1, max = 70) int width, @ForAll boolean half, @ForAll boolean isReluOutput,
            @ForAll Random random) {
        assertAgrees(half ? DataType.BFLOAT16 : DataType.FLOAT32, rows, width, isReluOutput, random);
    }

    @Property(tries = 30)
    void agreesWithDoublesInWideLayers(
            @ForAll @IntRange(min = 1, max = 40) int rows, @ForAll @IntRange(min = 1, max = 1100) int width, @ForAll boolean half, @ForAll Random random) {
        assertAgrees(half ? DataType.BFLOAT16 : DataType.FLOAT32, rows, width, true, random);
    }

    private static void assertAgrees(DataType type, int rows, int width, boolean isReluOutput, Random random) {
        try (CpuFixture fixture = new CpuFixture(3)) {
            LastLayerCase c = bind(fixture, type, rows, width, isReluOutput, 2L * rows + 1, random.nextBoolean() ? 1024 : 0, random);
            launch(fixture, c);
            c.assertHolds(CpuLastLayerTest::values);
            for (Tensor written : new Tensor[] {c.layer().logits(), c.layer().logitGradient(), c.layer().inputGradient()}) {
                CpuFixture.assertGapsUntouched(written);
            }
        }
    }

    /** Of a forward pass and the two ways back of {@link CpuMatrixProducts}, from the same gradient of the logits. */
    @Property(tries = 30)
    void agreesWithThreeProducts(
            @ForAll @IntRange(min = 1, max = 200) int rows, @ForAll @IntRange(min = 1, max = 300) int width, @ForAll boolean half, @ForAll boolean isReluOutput,
            @ForAll Random random) {
        DataType type = half ? DataType.BFLOAT16 : DataType.FLOAT32;
        try (CpuFixture fixture = new CpuFixture(2); WorkerPool pool = new WorkerPool(2);
                CpuMatrixProducts products = CpuMatrixProducts.open(pool, MatrixLibrary.AUTO)) {
            LastLayerCase c = bind(fixture, type, rows, width, isReluOutput, rows, 0, random);
            LastLayer layer = c.layer();
            launch(fixture, c);
            Tensor logits = fixture.zeros(type, rows, 1);
            Tensor dx = fixture.zeros(type, rows, width);
            Tensor dw = fixture.zeros(DataType.FLOAT32, width, 1);
            Tensor db = fixture.zeros(DataType.FLOAT32, 1, 1);
            products.forward(layer.x(), layer.w(), layer.bias(), Activation.NONE, logits).launch(null);
            products.inputGradient(layer.logitGradient(), layer.w(), null, isReluOutput ? layer.x() : null, dx).launch(null);
            products.weightGradient(layer.x(), layer.logitGradient(), dw, db).launch(null);
            assertClose(type, width + 1, layer.logits(), logits, 1);
            assertClose(type, 1, layer.inputGradient(), dx, 0);
            assertClose(DataType.FLOAT32, rows, layer.weightGradient(), dw, 1.0 / rows);
            assertClose(DataType.FLOAT32, rows, layer.biasGradient(), db, 1.0 / rows);
        }
    }

    private static void assertClose(DataType type, int terms, Tensor actual, Tensor expected, double magnitude) {
        double[][] values = values(actual);
        double[][] wanted = values(expected);
        Tolerance law = new Tolerance(type, terms);
        for (int row = 0; row < values.length; row++) {
            for (int column = 0; column < values[row].length; column++) {
                assertThat(law.accepts(values[row][column], wanted[row][column], magnitude))
                        .as("row %d, column %d: %s for %s", row, column, values[row][column], wanted[row][column]).isTrue();
            }
        }
    }

    @Test
    void gradientsAreSlopesOfTheLoss() {
        try (CpuFixture fixture = new CpuFixture(1)) {
            LastLayerCase c = bind(fixture, DataType.FLOAT32, 5, 3, false, 5, 0, new Random(4));
            launch(fixture, c);
            double[][] x = values(c.layer().x());
            double[][] w = values(c.layer().w());
            double[][] bias = values(c.layer().bias());
            double[] labels = CpuFixture.values(c.labels());
            assertSlope(x, w, bias, labels, bias[0], 0, CpuFixture.get(c.layer().biasGradient(), 0, 0));
            for (int term = 0; term < 3; term++) {
                assertSlope(x, w, bias, labels, w[term], 0, CpuFixture.get(c.layer().weightGradient(), term, 0));
                assertSlope(x, w, bias, labels, x[2], term, CpuFixture.get(c.layer().inputGradient(), 2, term));
            }
        }
    }

    /** @param row a row of x, w or bias, which moves at {@code index} */
    private static void assertSlope(double[][] x, double[][] w, double[][] bias, double[] labels, double[] row, int index, double gradient) {
        double step = 1e-5;
        double value = row[index];
        row[index] = value + step;
        double above = loss(x, w, bias, labels);
        row[index] = value - step;
        double below = loss(x, w, bias, labels);
        row[index] = value;
        assertThat(new Tolerance(DataType.FLOAT32, 5 * 3).accepts(gradient, (above - below) / (2 * step), 1)).isTrue();
    }

    private static double loss(double[][] x, double[][] w, double[][] bias, double[] labels) {
        double sum = 0;
        for (int sample = 0; sample < x.length; sample++) {
            double z = bias[0][0];
            for (int term = 0; term < w.length; term++) {
                z += x[sample][term] * w[term][0];
            }
            sum += Math.log1p(Math.exp(z)) - z * labels[sample];
        }
        return sum / x.length;
    }

    @Test
    void sameBitsForAnyThreadCount() {
        for (DataType type : new DataType[] {DataType.FLOAT32, DataType.BFLOAT16}) {
            CpuFixture.assertSameBits(fixture -> {
                LastLayerCase c = bind(fixture, type, 4999, 37, true, 4999, 0, new Random(5));
                launch(fixture, c);
                ByteArrayOutputStream results = new ByteArrayOutputStream();
                results.writeBytes(CpuFixture.bytes(c.loss()));
                c.layer().tensors().forEach(tensor -> results.writeBytes(CpuFixture.bytes(tensor)));
                return results.toByteArray();
            });
        }
    }

    @Test
    void aLogitThatIsNotANumberShows() {
        try (CpuFixture fixture = new CpuFixture(1)) {
            LastLayerCase c = bind(fixture, DataType.FLOAT32, 3, 4, true, 3, 0, new Random(5));
            CpuFixture.set(c.layer().x(), 1, 2, Double.NaN);
            launch(fixture, c);
            assertThat(CpuFixture.get(c.loss(), 0, 0)).isNaN();
            assertThat(CpuFixture.get(c.layer().logitGradient(), 1, 0)).isNaN();
            assertThat(CpuFixture.get(c.layer().logitGradient(), 2, 0)).isNotNaN();
            assertThat(CpuFixture.get(c.layer().weightGradient(), 0, 0)).isNaN();
        }
    }

    @Test
    void launchingAllocatesNothing() {
        for (DataType type : new DataType[] {DataType.FLOAT32, DataType.BFLOAT16}) {
            try (CpuFixture fixture = new CpuFixture(1)) {
                LastLayerCase c = bind(fixture, type, 100, 67, true, 100, 16, new Random(5));
                CpuFixture.assertAllocatesNothing(fixture.device().loss().lastLayer(c.layer(), c.labels(), c.globalBatch(), c.lossScale(), c.loss()));
            }
        }
    }

    @Test
    void refusesWhatDoesNotFit() {
        try (CpuFixture fixture = new CpuFixture(1)) {
            LastLayerCase c = bind(fixture, DataType.FLOAT32, 4, 3, true, 4, 0, new Random(5));
            LastLayer l = c.layer();
            LossOperations operations = fixture.device().loss();
            Tensor gaps = fixture.zeros(DataType.FLOAT32, 3, 1, 1);
            assertThatThrownBy(() -> operations.lastLayer(l, fixture.zeros(DataType.FLOAT32, 1, 3), 4, null, c.loss()))
                    .isInstanceOf(IllegalArgumentException.class).hasMessage("labels is 1 x 3 FLOAT32 where 1 x 4 is needed");
            assertThatThrownBy(() -> operations.lastLayer(l, c.labels(), 0, null, c.loss())).hasMessage("a mean over 0 samples");
            assertThatThrownBy(() -> operations.lastLayer(
                    new LastLayer(l.x(), true, gaps, l.bias(), l.logits(), l.logitGradient(), l.inputGradient(), l.weightGradient(), l.biasGradient()),
                    c.labels(), 4, null, c.loss())).hasMessage("w is 3 x 1 FLOAT32 with row stride 2; a single column must have no gaps");
            assertThatThrownBy(() -> operations.lastLayer(
                    new LastLayer(l.x(), true, l.w(), l.bias(), l.logits(), l.logitGradient(), fixture.zeros(DataType.BFLOAT16, 4, 3), l.weightGradient(),
                            l.biasGradient()), c.labels(), 4, null, c.loss())).hasMessage("input gradient is 4 x 3 BFLOAT16 where FLOAT32 is needed");
        }
    }

    /** @param scale the loss scale, 0 for none */
    private static LastLayerCase bind(
            CpuFixture fixture, DataType type, int rows, int width, boolean isReluOutput, long globalBatch, double scale, Random random) {
        LastLayer layer = new LastLayer(fixture.random(type, rows, width, random.nextInt(3), 1, random), isReluOutput,
                fixture.random(type, width, 1, 0, 1, random), fixture.random(DataType.FLOAT32, 1, 1, 0, 1, random),
                fixture.zeros(type, rows, 1, random.nextInt(3)), fixture.zeros(type, rows, 1, random.nextInt(3)),
                fixture.zeros(type, rows, width, random.nextInt(3)), fixture.random(DataType.FLOAT32, width, 1, 0, 1, random),
                fixture.random(DataType.FLOAT32, 1, 1, 0, 1, random));
        Tensor labels = fixture.zeros(DataType.FLOAT32, 1, rows);
        CpuFixture.fill(labels, (row, column) -> random.nextInt(2));
        return new LastLayerCase(layer, labels, globalBatch, scale == 0 ? null : fixture.row(DataType.FLOAT32, scale), scale == 0 ? 1 : scale,
                fixture.zeros(DataType.FLOAT32, 1, 1));
    }

    private static void launch(CpuFixture fixture, LastLayerCase c) {
        fixture.device().loss().lastLayer(c.layer(), c.labels(), c.globalBatch(), c.lossScale(), c.loss()).launch(null);
    }

    private static double[][] values(Tensor tensor) {
        double[][] values = new double[Math.toIntExact(tensor.rows())][tensor.columns()];
        for (int row = 0; row < values.length; row++) {
            for (int column = 0; column < tensor.columns(); column++) {
                values[row][column] = CpuFixture.get(tensor, row, column);
            }
        }
        return values;
    }

    private static double[] column(Tensor tensor) {
        double[] column = new double[Math.toIntExact(tensor.rows())];
        for (int row = 0; row < column.length; row++) {
            column[row] = CpuFixture.get(tensor, row, 0);
        }
        return column;
    }
}
