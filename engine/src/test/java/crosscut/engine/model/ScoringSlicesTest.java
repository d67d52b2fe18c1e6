package crosscut.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.engine.TestModels;
import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.Precision;
import crosscut.engine.config.TableConfig;
import crosscut.kernels.Tolerance;
import crosscut.kernels.device.Bfloat16;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.embedding.Pooling;
import crosscut.kernels.optimizer.UpdateRule;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** A pass cut into slices against one that is not: that of a training, which reads the weights as they are. */
class ScoringSlicesTest {

    /** Terms of the longest sum. */
    private static final int WIDTH = 40;

    private static ModelConfig model(int crossLayers) {
        List<TableConfig> tables = List.of(new TableConfig("a", 7, 3, 1, Pooling.SUM), new TableConfig("b", 500, 17, 3, Pooling.MEAN),
                new TableConfig("c", 11, 16, 1, Pooling.SUM));
        return new ModelConfig(3, tables, List.of(8, 4), crossLayers, 5, List.of(16, 8, 1), true);
    }

    private static void fill(Dcnv2 pass, ModelConfig model, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Tensor numerical = pass.numerical();
        for (long row = 0; row < numerical.rows(); row++) {
            for (int column = 0; column < model.numericalFeatures(); column++) {
                float value = (float) random.nextDouble(-1, 1);
                if (numerical.type() == DataType.FLOAT32) {
                    numerical.hostSegment().set(ValueLayout.JAVA_FLOAT, numerical.byteOffset(row, column), value);
                } else {
                    numerical.hostSegment().set(ValueLayout.JAVA_SHORT, numerical.byteOffset(row, column), Bfloat16.fromFloat(value));
                }
            }
        }
        Tensor ids = pass.ids();
        int place = 0;
        for (TableConfig table : model.tables()) {
            for (int id = 0; id < pass.batchSize() * table.hotness(); id++) {
                ids.hostSegment().set(ValueLayout.JAVA_INT, ids.byteOffset(0, place++), random.nextInt((int) table.cardinality()));
            }
        }
    }

    private static float[] logits(Dcnv2 pass, ModelConfig model, Device device, long seed) {
        fill(pass, model, seed);
        try (Stream stream = device.createStream("test")) {
            pass.takeWeights(stream);
            pass.score(stream);
            stream.synchronize();
        }
        Tensor logits = pass.logits();
        float[] values = new float[pass.batchSize()];
        for (int row = 0; row < values.length; row++) {
            values[row] = logits.type() == DataType.FLOAT32 ? logits.hostSegment().get(ValueLayout.JAVA_FLOAT, logits.byteOffset(row, 0))
                    : Bfloat16.toFloat(logits.hostSegment().get(ValueLayout.JAVA_SHORT, logits.byteOffset(row, 0)));
        }
        return values;
    }

    private static float[] sliced(int threads, ModelConfig model, Precision precision, int batch, long seed) {
        try (Device device = TestModels.device(threads); ModelParameters parameters = ModelParameters.allocate(device, model, precision, null)) {
            parameters.initialize(seed, false);
            assertThat(device.scoringSlices(batch, parameters.dense().layout().elements() * Float.BYTES).isWhole()).isFalse();
            try (Dcnv2 pass = parameters.inferencePass(device, batch)) {
                return logits(pass, model, device, seed);
            }
        }
    }

    private static float[] whole(ModelConfig model, Precision precision, int batch, long seed) {
        try (Device device = TestModels.device(2); ModelParameters parameters = ModelParameters.allocate(device, model, precision, TestModels.ADAM);
                DeviceMemory step = device.allocate("test", UpdateRule.STEP_VALUES * Float.BYTES)) {
            parameters.initialize(seed, false);
            Dcnv2.Learning learning = new Dcnv2.Learning(TestModels.ADAM.rule(), step.tensor(0, DataType.FLOAT32, 1, UpdateRule.STEP_VALUES), null);
            try (Dcnv2 pass = parameters.trainingPass(device, batch, learning)) {
                return logits(pass, model, device, seed);
            }
        }
    }

    @Property(tries = 25, edgeCases = EdgeCasesMode.NONE)
    void scoresAsAWholePassDoes(
            @ForAll @IntRange(min = 32, max = 256) int batch, @ForAll boolean isFloat32, @ForAll @IntRange(max = 3) int crossLayers, @ForAll long seed) {
        ModelConfig model = model(crossLayers);
        Precision precision = isFloat32 ? Precision.FP32 : Precision.BF16;
        float[] expected = whole(model, precision, batch, seed);
        float[] actual = sliced(2, model, precision, batch, seed);
        Tolerance law = new Tolerance(precision.computeType(), WIDTH);
        for (int sample = 0; sample < batch; sample++) {
            assertThat(law.accepts(actual[sample], expected[sample], 1)).as("sample %d: %s, not %s", sample, actual[sample], expected[sample]).isTrue();
        }
    }

    @Example
    void scoresTheSameBitsOnAnyNumberOfThreads() {
        for (Precision precision : List.of(Precision.FP32, Precision.BF16)) {
            float[] expected = sliced(1, model(2), precision, 200, 1);
            for (int threads : new int[] {2, 3, 5}) {
                assertThat(sliced(threads, model(2), precision, 200, 1)).as("%s, %d threads", precision, threads).isEqualTo(expected);
            }
        }
    }
}
