package crosscut.kernels.batch;

import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.CudaDevice;

/** {@link BatchOperations} on a GPU, with the kernels of {@code batch.cu}. */
public final class CudaBatchOperations implements BatchOperations {

    private final CudaDevice device;

    public CudaBatchOperations(CudaDevice device) {
        this.device = device;
    }

    @Override
    public Decoder decoder(RawBatchLayout layout, Source source, Tensor numerical, Tensor ids, Tensor labels) {
        DecoderChecks.check(layout, numerical, ids, labels);
        return new CudaDecoder(device, layout, source, numerical, ids, labels);
    }
}
