package crosscut.kernels.batch;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.TensorChecks;
import crosscut.kernels.device.WorkerPool;
import java.util.List;

/** {@link BatchOperations} on the worker threads of the CPU device. */
public final class CpuBatchOperations implements BatchOperations {

    private final WorkerPool pool;

    public CpuBatchOperations(WorkerPool pool) {
        this.pool = pool;
    }

    @Override
    public Decoder decoder(RawBatchLayout layout, Source source, Tensor numerical, Tensor ids, Tensor labels) {
        DecoderChecks.check(layout, numerical, ids, labels);
        if (layout.numericalFeatures() > 0) {
            TensorChecks.floatingOnCpu("numerical", numerical);
        }
        return new CpuDecoder(new CpuBatchDecode(pool, layout, source, numerical, ids, labels));
    }

    @Override
    public Operation copy(List<Tensor> sources, List<Tensor> targets) {
        CopyChecks.check(sources, targets);
        return new CpuCopy(pool, sources, targets);
    }
}
