package crosscut.kernels.loss;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.PlannedMemory;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.CudaContext;
import crosscut.kernels.device.cuda.KernelArguments;
import crosscut.kernels.device.cuda.Span;
import java.util.List;

/** {@link LossOperations} on a GPU, with the kernels of {@code loss.cu}: one leaves sums of every block of samples, the other adds them. */
public final class CudaLossOperations implements LossOperations {

    private static final String FAMILY = "loss";

    /** {@code BLOCK_SAMPLES} of the kernel. */
    private static final int BLOCK_SAMPLES = 64;

    /** {@code SUM_COLUMNS} of the kernel. */
    private static final int SUM_COLUMNS = 8;

    private final CudaContext context;

    public CudaLossOperations(CudaContext context) {
        this.context = context;
    }

    @Override
    public Operation lastLayer(LastLayer layer, Tensor labels, long globalBatch, Tensor lossScale, Tensor loss) {
        LossChecks.lastLayer(layer, labels, globalBatch, lossScale, loss);
        Tensor x = layer.x();
        int blocks = blocks(layer);
        List<PlannedMemory> planned = plannedSums(layer);
        DeviceMemory gradients = context.allocate(planned.get(0).owner(), planned.get(0).byteSize());
        DeviceMemory losses = context.allocate(planned.get(1).owner(), planned.get(1).byteSize());
        KernelArguments samples = new KernelArguments()
                .tensor(x).int64(x.rowStride()).int32(layer.isReluOutput() ? 1 : 0).tensor(layer.w()).tensor(layer.bias()).tensor(labels)
                .float64(globalBatch).address(lossScale == null ? 0 : lossScale.address())
                .tensor(layer.logits()).int64(layer.logits().rowStride())
                .tensor(layer.logitGradient()).int64(layer.logitGradient().rowStride())
                .tensor(layer.inputGradient()).int64(layer.inputGradient().rowStride())
                .int64(x.rows()).int32(x.columns()).address(gradients.address()).address(losses.address());
        KernelArguments sums = new KernelArguments()
                .address(gradients.address()).address(losses.address()).int32(blocks).int32(x.columns()).float64(globalBatch)
                .tensor(layer.weightGradient()).tensor(layer.biasGradient()).tensor(loss);
        return new OperationSequence(List.of(
                context.kernel(FAMILY, (isWide(layer) ? "last_layer_wide_" : "last_layer_single_") + Span.suffix(x.type()))
                        .bind(blocks, Span.THREADS, 0, samples),
                context.kernel(FAMILY, "last_layer_sums").bind(1 + Math.ceilDiv(x.columns() + 1, SUM_COLUMNS), Span.THREADS, 0, sums)));
    }

    /** What {@link #lastLayer} allocates: of every block the gradients of weights and bias, and its loss. */
    public static List<PlannedMemory> plannedSums(LastLayer layer) {
        long blocks = Math.max(1, blocks(layer));
        return List.of(new PlannedMemory("partial sums of the last layer's gradients", blocks * (layer.x().columns() + 1) * Float.BYTES),
                new PlannedMemory("partial sums of the loss", blocks * Double.BYTES));
    }

    private static int blocks(LastLayer layer) {
        return Math.toIntExact(Math.ceilDiv(layer.x().rows(), (long) BLOCK_SAMPLES));
    }

    private static boolean isWide(LastLayer layer) {
        DataType type = layer.x().type();
        return Span.areAligned(Span.wide(type), List.of(layer.x(), layer.inputGradient()), layer.x().rows() > 1)
                && Span.areAligned(Span.wide(type), List.of(layer.w()), false);
    }
}
