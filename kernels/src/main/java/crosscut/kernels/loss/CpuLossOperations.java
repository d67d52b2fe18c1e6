package crosscut.kernels.loss;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.TensorChecks;
import crosscut.kernels.device.WorkerPool;

/** {@link LossOperations} on the worker threads of the CPU device. */
public final class CpuLossOperations implements LossOperations {

    private final WorkerPool pool;

    public CpuLossOperations(WorkerPool pool) {
        this.pool = pool;
    }

    @Override
    public Operation binaryCrossEntropy(Tensor logits, Tensor labels, long globalBatch, Tensor lossScale, Tensor logitGradient, Tensor loss) {
        TensorChecks.floatingOnCpu("logits", logits);
        LossChecks.binaryCrossEntropy(logits, labels, globalBatch, lossScale, logitGradient, loss);
        return new CpuBinaryCrossEntropy(pool, logits, labels, globalBatch, lossScale, logitGradient, loss);
    }
}
