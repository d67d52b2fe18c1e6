package crosscut.kernels.gemm;

import crosscut.bindings.onednn.Matmul;
import crosscut.bindings.onednn.MatmulExecution;
import crosscut.bindings.onednn.OneDnnStream;

/** A compiled oneDNN product with one argument block per worker. */
final class WorkerMatmul implements AutoCloseable {

    private final Matmul matmul;
    private final MatmulExecution[] executions;
    private final OneDnnStream[] streams;
    private final WorkerScratch scratch;
    private final int weightsBlockColumns;

    WorkerMatmul(Matmul matmul, OneDnnStream[] streams, WorkerScratch scratch) {
        this.matmul = matmul;
        this.streams = streams;
        this.scratch = scratch;
        weightsBlockColumns = matmul.weightsBlockColumns();
        scratch.reserve(matmul.scratchpadByteSize());
        executions = new MatmulExecution[streams.length];
        for (int worker = 0; worker < executions.length; worker++) {
            executions[worker] = matmul.newExecution();
        }
    }

    /** Bytes of the right-hand operand in the order that the product reads. */
    long weightsByteSize() {
        return matmul.weightsByteSize();
    }

    /** Whether a right-hand operand packed for {@code other} is packed for this product too. */
    boolean hasWeightsLike(WorkerMatmul other) {
        return matmul.hasWeightsLike(other.matmul);
    }

    /** {@link Matmul#weightsBlockColumns}. */
    int weightsBlockColumns() {
        return weightsBlockColumns;
    }

    /** What packs right-hand operands for this product. */
    WorkerPacking newPacking() {
        return new WorkerPacking(matmul.newPacking(), streams, scratch);
    }

    void run(int worker, long source, long weights, long bias, long destination) {
        executions[worker].run(streams[worker], source, weights, bias, destination, scratch.address(worker));
    }

    @Override
    public void close() {
        for (MatmulExecution execution : executions) {
            execution.close();
        }
        matmul.close();
    }
}
