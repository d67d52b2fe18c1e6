package crosscut.bench.operation;

import crosscut.bench.StepShape;
import crosscut.engine.config.ModelConfig;
import crosscut.engine.cost.DistinctRows;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.embedding.EmbeddingOperations;
import crosscut.kernels.embedding.EmbeddingOperations.IdGroups;
import crosscut.kernels.embedding.EmbeddingTable;
import crosscut.kernels.embedding.Pooling;
import crosscut.kernels.embedding.TableSet;
import crosscut.kernels.metric.ThresholdAuc;
import crosscut.kernels.optimizer.LossScale;
import crosscut.kernels.optimizer.UpdateRule;
import crosscut.kernels.random.RandomStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.SplittableRandom;

/** Ops that a training step in fp32 or bf16 with one id per sample does not launch: casts, the AUC's histogram, what guards a loss scale, and pooling. */
final class OtherOperations implements AutoCloseable {

    private static final int HOTNESS = 8;
    private static final long POOLED_ROWS = 100_000;

    private final Device device;
    private final List<DeviceMemory> memories = new ArrayList<>();
    private final List<Operation> operations = new ArrayList<>();
    private final BitSet distinctIds = new BitSet();
    private final IdGroups groups;

    /** Binds them for the widths and the batch of {@code shape}. */
    OtherOperations(StepShape shape, Device device) {
        this.device = device;
        ModelConfig model = shape.model();
        int batch = shape.batchSize();
        Tensor activations = random("activations", batch, model.interactionWidth());
        Tensor halves = zeros("activations in bf16", DataType.BFLOAT16, batch, model.interactionWidth());
        operations.add(device.optimizer().cast(activations, halves));
        operations.add(device.optimizer().cast(halves, activations));
        Tensor labels = zeros("labels", DataType.FLOAT32, 1, batch);
        Tensor counts = zeros("counts", DataType.INT64, 1, ThresholdAuc.counters(ThresholdAuc.REFERENCE_THRESHOLDS));
        operations.add(device.metric().countScores(random("scores", batch, 1), labels, counts));
        Tensor step = values("step", 1e-4f, 1, 0);
        Tensor gradients = random("gradients", 1, 1 << 20);
        operations.add(device.optimizer().gradientNorm(gradients, step, zeros("norm", DataType.FLOAT32, 1, 1)));
        Tensor scale = values("loss scale", 1, 0, 0, 0);
        operations.add(device.optimizer().checkFinite(List.of(gradients), scale));
        operations.add(device.optimizer().adjustLossScale(LossScale.dynamic(), scale, step));
        groups = bindPooling(batch, step);
    }

    private IdGroups bindPooling(int batch, Tensor step) {
        int dimension = 32;
        EmbeddingTable table = new EmbeddingTable("pooled", POOLED_ROWS, dimension, HOTNESS, Pooling.MEAN, 0, 0, 0);
        List<Tensor> parameters = new ArrayList<>(List.of(random("pooled rows", POOLED_ROWS, dimension)));
        parameters.add(zeros("first moments", DataType.FLOAT32, POOLED_ROWS, dimension));
        parameters.add(zeros("second moments", DataType.FLOAT32, POOLED_ROWS, dimension));
        TableSet tables = new TableSet(List.of(table), parameters.get(0).memory(), parameters.get(1).memory(), parameters.get(2).memory());
        Tensor ids = ids(batch * HOTNESS);
        Tensor pooled = zeros("pooled vectors", DataType.FLOAT32, batch, dimension);
        EmbeddingOperations embedding = device.embedding();
        IdGroups grouped = embedding.createIdGroups(tables, batch);
        operations.add(embedding.gather(tables, ids, pooled));
        operations.add(embedding.groupIds(ids, grouped));
        operations.add(embedding.update(grouped, pooled, tables, new UpdateRule(UpdateRule.Kind.ADAM, 0.9, 0.999, 1e-7), step));
        return grouped;
    }

    private Tensor zeros(String owner, DataType type, long rows, int columns) {
        DeviceMemory memory = device.allocate(owner, rows * columns * type.byteSize());
        memories.add(memory);
        return memory.tensor(0, type, rows, columns);
    }

    private Tensor random(String owner, long rows, int columns) {
        Tensor tensor = zeros(owner, DataType.FLOAT32, rows, columns);
        device.random().uniform(tensor, 0, 1, RandomStream.streamOf(owner), 1f);
        return tensor;
    }

    private Tensor values(String owner, float... values) {
        Tensor tensor = zeros(owner, DataType.FLOAT32, 1, values.length);
        device.write(tensor.memory(), 0, MemorySegment.ofArray(values));
        return tensor;
    }

    private Tensor ids(int count) {
        SplittableRandom random = new SplittableRandom(2);
        Tensor tensor = zeros("pooled ids", DataType.INT32, 1, count);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment drawn = arena.allocate(ValueLayout.JAVA_INT, count);
            for (int index = 0; index < count; index++) {
                int id = (int) (random.nextDouble() * random.nextDouble() * POOLED_ROWS);
                drawn.setAtIndex(ValueLayout.JAVA_INT, index, id);
                distinctIds.set(id);
            }
            device.write(tensor.memory(), 0, drawn);
        }
        return tensor;
    }

    /** The rows that the pooled ids touch. */
    DistinctRows distinctRows() {
        return (_, _, _) -> distinctIds.cardinality();
    }

    /** Launches each once. */
    void launch(Stream stream) {
        operations.forEach(operation -> operation.launch(stream));
    }

    @Override
    public void close() {
        groups.close();
        memories.forEach(DeviceMemory::close);
    }
}
