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
    public Operation lastLayer(LastLayer layer, Tensor labels, long globalBatch, Tensor lossScale, Tensor loss) {
        TensorChecks.floatingOnCpu("x", layer.x());
        LossChecks.lastLayer(layer, labels, globalBatch, lossScale, loss);
        return new CpuLastLayer(pool, layer, labels, globalBatch, lossScale, loss);
    }
}
