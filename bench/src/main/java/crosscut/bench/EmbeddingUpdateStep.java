package crosscut.bench;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.embedding.EmbeddingOperations.IdGroups;
import crosscut.kernels.embedding.EmbeddingTable;
import crosscut.kernels.embedding.Pooling;
import crosscut.kernels.embedding.TableSet;
import crosscut.kernels.optimizer.UpdateRule;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** The way back through the embedding tables alone: grouping the ids, summing the gradient of equal ones, lazy Adam on the rows that occur. */
public final class EmbeddingUpdateStep implements Contender {

    /** Adam of the race. The step size stays that of the first step: work does not depend on it. */
    public static final UpdateRule ADAM = new UpdateRule(UpdateRule.Kind.ADAM, 0.9, 0.999, 1e-7);

    /** Learning rate with bias correction. */
    public static final float STEP_SIZE = 1e-3f;

    private final Device device;
    private final EmbeddingWorkload workload;
    private final List<DeviceMemory> owned = new ArrayList<>();
    private final DeviceMemory weights;
    private final Stream stream;
    private final IdGroups groups;
    private final Operation update;

    /** Works on {@code device}, which {@link #close} closes. */
    public EmbeddingUpdateStep(EmbeddingWorkload workload, Device device) {
        this.device = device;
        this.workload = workload;
        long bytes = workload.totalRows() * workload.dimension() * Float.BYTES;
        weights = own("embedding tables", bytes);
        workload.fillWeights(weights.hostSegment());
        TableSet tables = new TableSet(tables(), weights, own("first moments", bytes), own("second moments", bytes));
        Tensor gradient = own("gradient", (long) workload.batch() * workload.width() * Float.BYTES)
                .tensor(0, DataType.FLOAT32, workload.batch(), workload.width());
        workload.fillGradient(gradient.memory().hostSegment());
        stream = device.createStream("embedding update");
        groups = device.embedding().createIdGroups(tables, workload.batch());
        update = new OperationSequence(List.of(device.embedding().groupIds(ids(), groups),
                device.embedding().update(groups, gradient, tables, ADAM, stepValues())));
    }

    private DeviceMemory own(String owner, long bytes) {
        DeviceMemory memory = device.allocate(owner, bytes);
        owned.add(memory);
        return memory;
    }

    private List<EmbeddingTable> tables() {
        List<EmbeddingTable> tables = new ArrayList<>();
        long firstRow = 0;
        for (int table = 0; table < workload.rows().size(); table++) {
            tables.add(new EmbeddingTable("table " + table, workload.rows().get(table), workload.dimension(), 1, Pooling.SUM, firstRow * workload.dimension(),
                    (long) table * workload.batch(), table * workload.dimension()));
            firstRow += workload.rows().get(table);
        }
        return tables;
    }

    private Tensor ids() {
        int count = Math.multiplyExact(workload.rows().size(), workload.batch());
        Tensor ids = own("ids", (long) count * Integer.BYTES).tensor(0, DataType.INT32, 1, count);
        for (int table = 0; table < workload.rows().size(); table++) {
            MemorySegment.copy(workload.ids(table), 0, ids.memory().hostSegment(), ValueLayout.JAVA_INT, (long) table * workload.batch() * Integer.BYTES,
                    workload.batch());
        }
        return ids;
    }

    private Tensor stepValues() {
        Tensor step = own("step values", UpdateRule.STEP_VALUES * Float.BYTES).tensor(0, DataType.FLOAT32, 1, UpdateRule.STEP_VALUES);
        step.memory().hostSegment().setAtIndex(ValueLayout.JAVA_FLOAT, UpdateRule.STEP_SIZE, STEP_SIZE);
        step.memory().hostSegment().setAtIndex(ValueLayout.JAVA_FLOAT, UpdateRule.GRADIENT_SCALE, 1);
        step.memory().hostSegment().setAtIndex(ValueLayout.JAVA_FLOAT, UpdateRule.SKIP, 0);
        return step;
    }

    /** One update; there is no loss. */
    @Override
    public double run() {
        update.launch(stream);
        stream.synchronize();
        return 0;
    }

    @Override
    public float[] outputs() {
        return workload.sample(weights.hostSegment());
    }

    @Override
    public void close() {
        groups.close();
        stream.close();
        owned.forEach(DeviceMemory::close);
        device.close();
    }
}
