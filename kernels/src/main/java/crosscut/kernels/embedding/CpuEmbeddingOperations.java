package crosscut.kernels.embedding;

import crosscut.kernels.device.Device;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.PlannedMemory;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.TensorChecks;
import crosscut.kernels.device.WorkerPool;
import crosscut.kernels.optimizer.UpdateRule;
import java.util.List;

/** {@link EmbeddingOperations} on the worker threads of the CPU device. */
public final class CpuEmbeddingOperations implements EmbeddingOperations {

    private final WorkerPool pool;
    private final Device device;

    /**
     * The ops of one device.
     *
     * @param device where id groups are allocated
     */
    public CpuEmbeddingOperations(WorkerPool pool, Device device) {
        this.pool = pool;
        this.device = device;
    }

    @Override
    public Operation gather(TableSet tables, Tensor ids, Tensor output) {
        EmbeddingChecks.gather(tables, ids, output);
        TensorChecks.floatingOnCpu("output", output);
        return new CpuGather(pool, tables, ids, output);
    }

    @Override
    public IdGroups createIdGroups(TableSet tables, int batchSize) {
        return new CpuIdGroups(device, tables, batchSize, false);
    }

    @Override
    public IdGroups createDoubleBufferedIdGroups(TableSet tables, int batchSize) {
        return new CpuIdGroups(device, tables, batchSize, true);
    }

    /** What {@link #createIdGroups} or {@link #createDoubleBufferedIdGroups} allocates. */
    public static List<PlannedMemory> plannedIdGroups(TableSet tables, int batchSize, boolean isDoubleBuffered) {
        return CpuIdGroups.planned(tables, batchSize, isDoubleBuffered);
    }

    @Override
    public Operation groupIds(Tensor ids, IdGroups groups) {
        CpuIdGroups cpuGroups = (CpuIdGroups) groups;
        EmbeddingChecks.ids(cpuGroups.tables(), ids, cpuGroups.batchSize());
        return new CpuGroupIds(pool, ids, cpuGroups);
    }

    @Override
    public Operation countRows(IdGroups groups, Tensor counts) {
        CpuIdGroups cpuGroups = (CpuIdGroups) groups;
        EmbeddingChecks.countRows(cpuGroups.tables(), counts);
        return new CpuRowCount(pool, cpuGroups, counts);
    }

    @Override
    public Operation update(IdGroups groups, Tensor gradient, TableSet tables, UpdateRule rule, Tensor step) {
        CpuIdGroups cpuGroups = (CpuIdGroups) groups;
        EmbeddingChecks.update(cpuGroups.tables(), cpuGroups.batchSize(), gradient, tables, rule, step);
        TensorChecks.floatingOnCpu("gradient", gradient);
        return new CpuEmbeddingUpdate(pool, cpuGroups, gradient, tables, rule, step);
    }

    @Override
    public Operation stageRows(IdGroups groups, TableSet tables, RowStage stage) {
        CpuIdGroups cpuGroups = (CpuIdGroups) groups;
        EmbeddingChecks.stageRows(cpuGroups.tables(), cpuGroups.batchSize(), tables, stage);
        return new CpuRowStage(pool, cpuGroups, tables, stage);
    }
}
