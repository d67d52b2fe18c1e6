package crosscut.kernels.device;

import java.util.List;

/** Operations that do not need each other, one task each; what they hand to the pool stays on the worker that has the task. */
final class IndependentOperations implements Operation, WorkerPool.Task {

    private final WorkerPool pool;
    private final Operation[] operations;
    private Stream stream;

    IndependentOperations(WorkerPool pool, List<Operation> operations) {
        this.pool = pool;
        this.operations = operations.toArray(Operation[]::new);
    }

    @Override
    public void launch(Stream launching) {
        stream = launching;
        pool.parallel(operations.length, this);
    }

    @Override
    public void run(int index, int worker) {
        operations[index].launch(stream);
    }
}
