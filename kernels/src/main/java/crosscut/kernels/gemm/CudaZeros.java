package crosscut.kernels.gemm;

import crosscut.bindings.cuda.Cuda;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.CudaContext;
import crosscut.kernels.device.cuda.CudaStream;

/** Sets a tensor to 0, the sum over an empty batch; what lies between its rows stays. */
final class CudaZeros implements Operation {

    private final CudaContext context;
    private final Tensor tensor;
    private final long runs;
    private final long runBytes;

    CudaZeros(CudaContext context, Tensor tensor) {
        this.context = context;
        this.tensor = tensor;
        runs = tensor.isDense() ? 1 : tensor.rows();
        runBytes = tensor.elements() / runs * tensor.type().byteSize();
    }

    @Override
    public void launch(Stream stream) {
        Cuda driver = context.driver();
        for (long run = 0; run < runs; run++) {
            driver.fill8Async(tensor.address() + run * tensor.rowStride() * tensor.type().byteSize(), (byte) 0, runBytes, CudaStream.handle(stream));
        }
    }
}
