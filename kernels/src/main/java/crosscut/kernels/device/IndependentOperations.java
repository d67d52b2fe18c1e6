package crosscut.kernels.device;

import java.util.List;

/**
 * Operations that do not need each other, one task each; what they hand to the pool stays on the worker that has the task. A worker has the slot of its number.
 */
final class IndependentOperations implements Operation, WorkerPool.Task {

    private final WorkerPool pool;
    private final Operation[][] bySlot;
    private Stream stream;

    /** @param bySlot the same operations for each worker; or once, for all workers */
    IndependentOperations(WorkerPool pool, List<List<Operation>> bySlot) {
        if (bySlot.size() != 1 && bySlot.size() < pool.threads()) {
            throw new IllegalArgumentException("operations for " + bySlot.size() + " slots on " + pool.threads() + " threads");
        }
        this.pool = pool;
        this.bySlot = bySlot.stream().map(operations -> operations.toArray(Operation[]::new)).toArray(Operation[][]::new);
    }

    @Override
    public void launch(Stream launching) {
        stream = launching;
        pool.parallel(bySlot[0].length, this);
    }

    @Override
    public void run(int index, int worker) {
        bySlot[bySlot.length == 1 ? 0 : worker][index].launch(stream);
    }
}
