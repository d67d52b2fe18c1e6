package crosscut.kernels.cross;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.CudaContext;
import crosscut.kernels.device.cuda.KernelArguments;
import crosscut.kernels.device.cuda.Span;

/** A copy of a matrix of any type with the kernels of {@code cross.cu}, in the largest units that fit addresses, strides and widths. */
public final class CudaCopy {

    private static final int LARGEST_UNIT = 16;

    private CudaCopy() {
    }

    /** Binds the copy; both tensors have one shape and type. */
    public static Operation bind(CudaContext context, Tensor source, Tensor target) {
        boolean oneRow = source.isDense() && target.isDense();
        long rows = oneRow ? Math.min(1, source.rows()) : source.rows();
        long rowBytes = (oneRow ? source.elements() : source.columns()) * source.type().byteSize();
        long sourceStride = oneRow ? rowBytes : source.rowStride() * source.type().byteSize();
        long targetStride = oneRow ? rowBytes : target.rowStride() * source.type().byteSize();
        long unit = Math.min(LARGEST_UNIT, Long.lowestOneBit(source.address() | target.address() | sourceStride | targetStride | rowBytes | LARGEST_UNIT));
        KernelArguments arguments = new KernelArguments()
                .tensor(source).int64(sourceStride / unit)
                .tensor(target).int64(targetStride / unit)
                .int64(rows).int64(rowBytes / unit);
        return context.kernel(CudaCrossOperations.FAMILY, "copy_" + unit).bind(Math.ceilDiv(rows * (rowBytes / unit), Span.THREADS), Span.THREADS, 0, arguments);
    }
}
