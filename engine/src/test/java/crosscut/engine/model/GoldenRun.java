package crosscut.engine.model;

import crosscut.engine.config.LossScaling;
import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.OptimizerConfig;
import crosscut.engine.config.PlacementConfig;
import crosscut.engine.config.Precision;
import crosscut.engine.config.TableConfig;
import crosscut.engine.config.TrainingConfig;
import crosscut.engine.train.Trainer;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.batch.RawBatchLayout.CategoricalColumn;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.optimizer.UpdateRule;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** A golden file's model on a device: its initial weights loaded, its batches ready to train on. */
final class GoldenRun implements AutoCloseable {

    private final Golden golden;
    private final Device device;
    private final ModelParameters parameters;
    private final Trainer trainer;
    private final RawBatch rawBatch;

    GoldenRun(Golden golden, Device device, Precision precision, UpdateRule.Kind optimizer, double learningRate) {
        this.golden = golden;
        this.device = device;
        OptimizerConfig config = new OptimizerConfig(optimizer, learningRate, 0.9, 0.999, OptimizerConfig.DEFAULT_EPSILON, 0, 1_000_000, 1);
        TrainingConfig training = new TrainingConfig(config, precision, golden.batchSize(), golden.batchSize(), 1, -1, 1, 1, 0, false, 8000, false, LossScaling.NONE, PlacementConfig.DEFAULT);
        parameters = ModelParameters.allocate(device, golden.model(), precision, config);
        loadWeights();
        RawBatchLayout layout = layout();
        rawBatch = new RawBatch(device, layout);
        trainer = new Trainer(device, parameters, training, layout, 0);
    }

    private RawBatchLayout layout() {
        ModelConfig model = golden.model();
        List<CategoricalColumn> columns = model.tables().stream()
                .map(table -> new CategoricalColumn(table.name(), table.cardinality(), DataType.INT32, table.hotness())).toList();
        return new RawBatchLayout(golden.batchSize(), model.numericalFeatures(), DataType.FLOAT32, columns);
    }

    private void loadWeights() {
        for (Map.Entry<String, JsonNode> entry : golden.at("weights").properties()) {
            String name = entry.getKey();
            write(weight(name), Golden.matrix(entry.getValue(), Golden.isTransposed(name) && entry.getValue().get(0).isArray()));
        }
        parameters.dense().refreshComputeCopy();
    }

    /** Our tensor of the parameter with the file's name. */
    Tensor weight(String fileName) {
        return fileName.startsWith("emb.") ? parameters.embeddings().weights(table(fileName))
                : parameters.dense().master(Golden.parameterName(fileName));
    }

    Tensor gradient(String fileName) {
        return parameters.dense().gradient(Golden.parameterName(fileName));
    }

    Tensor firstMoment(String fileName) {
        return fileName.startsWith("emb.") ? parameters.embeddings().firstMoments(table(fileName))
                : samePlace(parameters.dense().firstMoments(), fileName);
    }

    Tensor secondMoment(String fileName) {
        return fileName.startsWith("emb.") ? parameters.embeddings().secondMoments(table(fileName))
                : samePlace(parameters.dense().secondMoments(), fileName);
    }

    private Tensor samePlace(DeviceMemory memory, String fileName) {
        Tensor master = weight(fileName);
        return memory.tensor(master.byteOffset(), DataType.FLOAT32, master.rows(), master.columns());
    }

    private static int table(String fileName) {
        return Integer.parseInt(fileName.substring("emb.".length()));
    }

    Dcnv2 pass() {
        return trainer.model();
    }

    /** One training step on the batch with that index; returns the loss before the update. */
    double step(int batch) {
        fill(golden.batch(batch));
        trainer.step(rawBatch);
        return trainer.loss();
    }

    private void fill(JsonNode batch) {
        ModelConfig model = golden.model();
        int samples = golden.batchSize();
        for (int sample = 0; sample < samples; sample++) {
            rawBatch.labels().set(ValueLayout.JAVA_BYTE, sample, (byte) batch.path("labels").get(sample).asInt());
            for (int column = 0; column < model.numericalFeatures(); column++) {
                rawBatch.numerical().setAtIndex(ValueLayout.JAVA_FLOAT, (long) sample * model.numericalFeatures() + column,
                        (float) batch.path("numerical").get(sample).get(column).asDouble());
            }
            for (int table = 0; table < model.tables().size(); table++) {
                rawBatch.categorical(table).setAtIndex(ValueLayout.JAVA_INT, sample, batch.path("indices_per_table").get(table).get(sample).asInt());
            }
        }
        rawBatch.describe(samples, 0);
    }

    private void write(Tensor tensor, double[][] values) {
        try (Arena arena = Arena.ofConfined()) {
            for (int row = 0; row < values.length; row++) {
                MemorySegment line = arena.allocate(values[row].length * (long) Float.BYTES, Float.BYTES);
                for (int column = 0; column < values[row].length; column++) {
                    line.setAtIndex(ValueLayout.JAVA_FLOAT, column, (float) values[row][column]);
                }
                device.write(tensor.memory(), tensor.byteOffset(row, 0), line);
            }
        }
    }

    /** Any tensor on the host. */
    double[][] read(Tensor tensor) {
        double[][] values = new double[Math.toIntExact(tensor.rows())][tensor.columns()];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment line = arena.allocate((long) tensor.columns() * tensor.type().byteSize(), Float.BYTES);
            for (int row = 0; row < values.length; row++) {
                device.read(tensor.memory(), tensor.byteOffset(row, 0), line);
                for (int column = 0; column < tensor.columns(); column++) {
                    values[row][column] = tensor.type() == DataType.FLOAT32 ? line.getAtIndex(ValueLayout.JAVA_FLOAT, column)
                            : Float.intBitsToFloat(line.getAtIndex(ValueLayout.JAVA_SHORT, column) << Short.SIZE);
                }
            }
        }
        return values;
    }

    @Override
    public void close() {
        trainer.close();
        rawBatch.close();
        parameters.close();
    }
}
