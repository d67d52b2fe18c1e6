package crosscut.kernels.batch;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.PlannedMemory;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.CudaDevice;
import java.util.List;

/** {@link BatchOperations} on a GPU, with the kernels of {@code batch.cu}. */
public final class CudaBatchOperations implements BatchOperations {

    private final CudaDevice device;

    public CudaBatchOperations(CudaDevice device) {
        this.device = device;
    }

    /** What a decoder keeps on the GPU besides small things. */
    public static PlannedMemory plannedRaw(RawBatchLayout layout) {
        return CudaDecoder.plannedRaw(layout);
    }

    @Override
    public Decoder decoder(RawBatchLayout layout, Source source, Tensor numerical, Tensor ids, Tensor labels) {
        DecoderChecks.check(layout, numerical, ids, labels);
        return new CudaDecoder(device, layout, source, numerical, ids, labels);
    }

    @Override
    public Operation copy(List<Tensor> sources, List<Tensor> targets) {
        CopyChecks.check(sources, targets);
        return CudaCopy.bind(device.context(), sources, targets);
    }
}
