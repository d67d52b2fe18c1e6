package crosscut.kernels.embedding;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.WorkerPool;
import java.lang.foreign.ValueLayout;

/** Counts the runs of equal ids among the sorted pairs, one table per task. */
final class CpuRowCount implements Operation, WorkerPool.Task {

    private final WorkerPool pool;
    private final CpuIdGroups groups;
    private final Tensor counts;

    CpuRowCount(WorkerPool pool, CpuIdGroups groups, Tensor counts) {
        this.pool = pool;
        this.groups = groups;
        this.counts = counts;
    }

    @Override
    public void launch(Stream stream) {
        pool.parallel(groups.tables().tables().size(), this);
    }

    @Override
    public void run(int table, int worker) {
        int runs = 0;
        for (int index = 0; index < groups.length(table); index++) {
            boolean isFirst = index == 0 || CpuIdGroups.id(groups.pair(table, index)) != CpuIdGroups.id(groups.pair(table, index - 1));
            runs += isFirst ? 1 : 0;
        }
        counts.hostSegment().set(ValueLayout.JAVA_INT, counts.byteOffset(0, table), runs);
    }
}
