package crosscut.kernels.loss;

import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.CudaContext;
import crosscut.kernels.device.cuda.KernelArguments;
import crosscut.kernels.device.cuda.Span;
import java.util.List;

/** {@link LossOperations} on a GPU, with the kernels of {@code loss.cu}: every block leaves one double sum, one block adds the sums. */
public final class CudaLossOperations implements LossOperations {

    private static final String FAMILY = "loss";

    /** {@code LOSS_BLOCK_SAMPLES} of the kernel. */
    private static final int BLOCK_SAMPLES = 1024;

    private final CudaContext context;

    public CudaLossOperations(CudaContext context) {
        this.context = context;
    }

    @Override
    public Operation binaryCrossEntropy(Tensor logits, Tensor labels, long globalBatch, Tensor lossScale, Tensor logitGradient, Tensor loss) {
        LossChecks.binaryCrossEntropy(logits, labels, globalBatch, lossScale, logitGradient, loss);
        int blocks = Math.toIntExact(Math.ceilDiv(logits.rows(), (long) BLOCK_SAMPLES));
        DeviceMemory sums = context.allocate("partial sums of the loss", Math.max(1L, blocks) * Double.BYTES);
        KernelArguments samples = new KernelArguments()
                .tensor(logits).int64(logits.rowStride()).tensor(labels).int64(logits.rows()).float64(globalBatch)
                .address(lossScale == null ? 0 : lossScale.address())
                .address(logitGradient == null ? 0 : logitGradient.address()).int64(logitGradient == null ? 0 : logitGradient.rowStride())
                .address(sums.address());
        KernelArguments mean = new KernelArguments().address(sums.address()).int32(blocks).float64(globalBatch).tensor(loss);
        return new OperationSequence(List.of(
                context.kernel(FAMILY, "cross_entropy_" + Span.suffix(logits.type())).bind(blocks, Span.THREADS, 0, samples),
                context.kernel(FAMILY, "mean_loss").bind(1, Span.THREADS, 0, mean)));
    }
}
