package crosscut.kernels.loss;

import crosscut.kernels.device.DataType;
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
        TensorChecks.shape("logits", logits, logits.rows(), 1);
        TensorChecks.shape("labels", labels, 1, Math.toIntExact(logits.rows()));
        TensorChecks.type("labels", labels, DataType.FLOAT32);
        if (globalBatch < 1) {
            throw new IllegalArgumentException("a mean over " + globalBatch + " samples");
        }
        if (logitGradient != null) {
            TensorChecks.like("logit gradient", logitGradient, logits);
        }
        if (lossScale != null) {
            TensorChecks.shape("loss scale", lossScale, 1, 1);
            TensorChecks.type("loss scale", lossScale, DataType.FLOAT32);
        }
        TensorChecks.shape("loss", loss, 1, 1);
        TensorChecks.type("loss", loss, DataType.FLOAT32);
        return new CpuBinaryCrossEntropy(pool, logits, labels, globalBatch, lossScale, logitGradient, loss);
    }
}
