package crosscut.kernels.embedding;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.TensorChecks;
import crosscut.kernels.device.WorkerPool;
import crosscut.kernels.optimizer.UpdateRule;

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
        TensorChecks.floatingOnCpu("output", output);
        checkIds(tables, ids, output.rows());
        checkColumns(tables, "output", output);
        return new CpuGather(pool, tables, ids, output);
    }

    @Override
    public IdGroups createIdGroups(TableSet tables, int batchSize) {
        return new CpuIdGroups(device, tables, batchSize);
    }

    @Override
    public Operation groupIds(Tensor ids, IdGroups groups) {
        CpuIdGroups cpuGroups = (CpuIdGroups) groups;
        checkIds(cpuGroups.tables(), ids, cpuGroups.batchSize());
        return new CpuGroupIds(pool, ids, cpuGroups);
    }

    @Override
    public Operation update(IdGroups groups, Tensor gradient, TableSet tables, UpdateRule rule, Tensor step) {
        CpuIdGroups cpuGroups = (CpuIdGroups) groups;
        if (!cpuGroups.tables().tables().equals(tables.tables())) {
            throw new IllegalArgumentException("the id groups were made for other tables");
        }
        if (gradient.rows() != cpuGroups.batchSize()) {
            throw new IllegalArgumentException("gradient is " + gradient.shape() + " where " + cpuGroups.batchSize() + " rows are needed");
        }
        TensorChecks.floatingOnCpu("gradient", gradient);
        checkColumns(tables, "gradient", gradient);
        return new CpuEmbeddingUpdate(pool, cpuGroups, gradient, tables, rule, step);
    }

    private static void checkIds(TableSet tables, Tensor ids, long batchSize) {
        if (tables.tables().isEmpty()) {
            return;
        }
        TensorChecks.type("ids", ids, DataType.INT32);
        for (EmbeddingTable table : tables.tables()) {
            long end = table.idOffset() + batchSize * table.hotness();
            if (ids.rows() != 1 || end > ids.columns()) {
                throw new IllegalArgumentException("ids are " + ids.shape() + ", but those of table " + table.name() + " end at " + end);
            }
        }
    }

    private static void checkColumns(TableSet tables, String name, Tensor tensor) {
        for (EmbeddingTable table : tables.tables()) {
            int end = table.columnOffset() + table.dimension();
            if (end > tensor.columns()) {
                throw new IllegalArgumentException(name + " is " + tensor.shape() + ", but table " + table.name() + " ends at column " + end);
            }
            long lastByte = (table.elementOffset() + table.elements()) * Float.BYTES;
            if (lastByte > tables.weights().byteSize()) {
                throw new IllegalArgumentException("table " + table.name() + " ends at byte " + lastByte + " of " + tables.weights().byteSize());
            }
        }
    }
}
