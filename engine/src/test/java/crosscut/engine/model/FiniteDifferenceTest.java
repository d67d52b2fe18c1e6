package crosscut.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.engine.TestModels;
import crosscut.engine.config.LossScaling;
import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.OptimizerConfig;
import crosscut.engine.config.PlacementConfig;
import crosscut.engine.config.Precision;
import crosscut.engine.config.TableConfig;
import crosscut.engine.config.TrainingConfig;
import crosscut.engine.train.Trainer;
import crosscut.kernels.Tolerance;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.batch.RawBatchLayout.CategoricalColumn;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.embedding.Pooling;
import crosscut.kernels.optimizer.UpdateRule;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Every gradient of random small models against central differences of {@link NaiveDcnv2}: with and without numerical features, tables and cross layers, low and
 * full rank, one-hot and pooled multi-hot, unequal widths, duplicates, one sample.
 */
class FiniteDifferenceTest {

    private static final double STEP = 1e-6;

    @Property(tries = 60, seed = "4711")
    void gradientsAreTheSlopesOfTheLoss(@ForAll long seed) {
        Random random = new Random(seed);
        ModelConfig model = randomModel(random);
        int batch = 1 + random.nextInt(6);
        try (Device device = TestModels.device(1 + random.nextInt(3)); Case example = new Case(device, model, batch, random)) {
            example.check();
        }
    }

    private static ModelConfig randomModel(Random random) {
        int tables = random.nextInt(4);
        int numerical = tables == 0 ? 1 + random.nextInt(5) : random.nextInt(6);
        List<TableConfig> configs = new ArrayList<>();
        for (int t = 0; t < tables; t++) {
            configs.add(new TableConfig("t" + t, 1 + random.nextInt(5), 1 + random.nextInt(6), 1 + random.nextInt(3),
                    random.nextBoolean() ? Pooling.SUM : Pooling.MEAN));
        }
        List<Integer> bottom = widths(random, 1 + random.nextInt(2));
        List<Integer> top = new ArrayList<>(widths(random, random.nextInt(3)));
        top.add(1);
        return new ModelConfig(numerical, configs, bottom, random.nextInt(4), random.nextInt(4), top, random.nextBoolean());
    }

    private static List<Integer> widths(Random random, int layers) {
        return random.ints(layers, 1, 9).boxed().toList();
    }

    /** A random model with random weights and one random batch. */
    private static final class Case implements AutoCloseable {

        private final Device device;
        private final ModelConfig model;
        private final ModelParameters parameters;
        private final Trainer trainer;
        private final RawBatch raw;
        private final Map<String, double[][]> values = new LinkedHashMap<>();
        private final double[][] numerical;
        private final int[][][] ids;
        private final double[] labels;

        Case(Device device, ModelConfig model, int batch, Random random) {
            this.device = device;
            this.model = model;
            OptimizerConfig descent = new OptimizerConfig(UpdateRule.Kind.SGD, 1, 0, 0, 1, 0, 1000, 1);
            parameters = ModelParameters.allocate(device, model, Precision.FP32, descent);
            parameters.dense().layout().parameters().forEach(p -> values.put(p.name(), fill(parameters.dense().master(p.name()), random)));
            for (int t = 0; t < model.tables().size(); t++) {
                values.put("embedding." + t, fill(parameters.embeddings().weights(t), random));
            }
            List<CategoricalColumn> columns = model.tables().stream()
                    .map(table -> new CategoricalColumn(table.name(), table.cardinality(), DataType.INT8, table.hotness())).toList();
            RawBatchLayout layout = new RawBatchLayout(batch, model.numericalFeatures(), DataType.FLOAT32, columns);
            raw = new RawBatch(device, layout);
            numerical = new double[batch][model.numericalFeatures()];
            ids = new int[batch][model.tables().size()][];
            labels = new double[batch];
            fillBatch(random);
            trainer = new Trainer(device, parameters,
                    new TrainingConfig(descent, Precision.FP32, batch, batch, 1, -1, 1, 1, 0, false, 8000, false, LossScaling.NONE, PlacementConfig.DEFAULT), layout, 0);
        }

        private static double[][] fill(Tensor tensor, Random random) {
            double[][] drawn = new double[(int) tensor.rows()][tensor.columns()];
            for (int r = 0; r < drawn.length; r++) {
                for (int c = 0; c < drawn[r].length; c++) {
                    float value = (float) (random.nextGaussian() * 0.5);
                    tensor.hostSegment().set(ValueLayout.JAVA_FLOAT, tensor.byteOffset(r, c), value);
                    drawn[r][c] = value;
                }
            }
            return drawn;
        }

        private void fillBatch(Random random) {
            for (int b = 0; b < labels.length; b++) {
                labels[b] = random.nextInt(2);
                raw.labels().set(ValueLayout.JAVA_BYTE, b, (byte) labels[b]);
                for (int c = 0; c < numerical[b].length; c++) {
                    numerical[b][c] = (float) random.nextGaussian();
                    raw.numerical().setAtIndex(ValueLayout.JAVA_FLOAT, (long) b * numerical[b].length + c, (float) numerical[b][c]);
                }
                for (int t = 0; t < ids[b].length; t++) {
                    TableConfig table = model.tables().get(t);
                    ids[b][t] = random.ints(table.hotness(), 0, (int) table.cardinality()).toArray();
                    for (int h = 0; h < table.hotness(); h++) {
                        raw.categorical(t).set(ValueLayout.JAVA_BYTE, (long) b * table.hotness() + h, (byte) ids[b][t][h]);
                    }
                }
            }
            raw.describe(labels.length, 0);
        }

        /** One step of plain gradient descent with rate 1 moves every parameter by minus its gradient. */
        void check() {
            NaiveDcnv2 naive = new NaiveDcnv2(model, values);
            double loss = naive.loss(numerical, ids, labels);
            Assume.that(naive.closestToKink() > 1e-4);
            trainer.step(raw);
            Tolerance law = new Tolerance(DataType.FLOAT32, (long) labels.length * model.topInputWidth() * (model.crossLayers() + 2));
            assertThat(law.accepts(trainer.loss(), loss, loss)).as("loss %s, expected %s", trainer.loss(), loss).isTrue();
            values.forEach((name, before) -> checkGradient(naive, law, name, before));
        }

        private void checkGradient(NaiveDcnv2 naive, Tolerance law, String name, double[][] before) {
            Tensor after = name.startsWith("embedding.") ? parameters.embeddings().weights(Integer.parseInt(name.substring("embedding.".length())))
                    : parameters.dense().master(name);
            for (int r = 0; r < before.length; r++) {
                for (int c = 0; c < before[r].length; c++) {
                    double slope = slope(naive, before[r], c);
                    double moved = before[r][c] - after.hostSegment().get(ValueLayout.JAVA_FLOAT, after.byteOffset(r, c));
                    // The subtraction of the update rounds at the size of the weight; sums of the way there at the size of the largest values.
                    double magnitude = Math.max(1, Math.abs(before[r][c]) + Math.abs(slope));
                    assertThat(law.accepts(moved, slope, magnitude)).as("%s: gradient of %s[%s][%s] is %s, expected %s", model, name, r, c, moved, slope).isTrue();
                }
            }
        }

        private double slope(NaiveDcnv2 naive, double[] row, int column) {
            double value = row[column];
            row[column] = value + STEP;
            double above = naive.loss(numerical, ids, labels);
            row[column] = value - STEP;
            double below = naive.loss(numerical, ids, labels);
            row[column] = value;
            return (above - below) / (2 * STEP);
        }

        @Override
        public void close() {
            trainer.close();
            raw.close();
            parameters.close();
        }
    }
}
