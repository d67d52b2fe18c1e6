package crosscut.kernels.random;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.TensorChecks;
import crosscut.kernels.device.cuda.CudaContext;
import crosscut.kernels.device.cuda.KernelArguments;

/** {@link RandomOperations} on a GPU, with the kernel of {@code random.cu}: a thread draws one Philox block, as the CPU does. */
public final class CudaRandomOperations implements RandomOperations {

    /** {@code RANDOM_THREADS} of the kernel. */
    private static final int THREADS = 256;

    private final CudaContext context;
    private final Device device;

    /**
     * The ops of one GPU.
     *
     * @param device makes the stream that values are drawn on
     */
    public CudaRandomOperations(CudaContext context, Device device) {
        this.context = context;
        this.device = device;
    }

    @Override
    public void uniform(Tensor target, long firstRow, long seed, long stream, float bound) {
        TensorChecks.type("target", target, DataType.FLOAT32);
        if (firstRow < 0) {
            throw new IllegalArgumentException("first row " + firstRow);
        }
        if (target.elements() == 0) {
            return;
        }
        long firstElement = Math.multiplyExact(firstRow, target.columns());
        long counters = (firstElement + target.elements() - 1) / Philox.WORDS - firstElement / Philox.WORDS + 1;
        KernelArguments arguments = new KernelArguments()
                .tensor(target).int64(target.rowStride()).int64(target.rows()).int64(target.columns()).int64(firstElement).int64(seed).int64(stream)
                .float32(bound);
        try (Stream queue = device.createStreamWithoutProducts("initial values")) {
            context.kernel("random", "uniform").bind(Math.ceilDiv(counters, THREADS), THREADS, 0, arguments).launch(queue);
            queue.synchronize();
        }
    }
}
