package crosscut.kernels.gemm;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.TensorChecks;
import crosscut.kernels.device.cuda.CudaContext;
import crosscut.kernels.device.cuda.KernelArguments;
import crosscut.kernels.device.cuda.Span;
import java.util.ArrayList;
import java.util.List;

/** What surrounds a matrix product on a GPU where the library's product has no epilogue for it, with the kernels of {@code elementwise.cu}. */
final class CudaElementwise {

    private static final String FAMILY = "elementwise";

    /** Lanes of a warp, which share the columns of a strip. */
    private static final int STRIP_LANES = 32;

    /** {@code SUM_BLOCK_ROWS} of the kernel. */
    private static final int SUM_BLOCK_ROWS = 256;

    private final CudaContext context;

    CudaElementwise(CudaContext context) {
        this.context = context;
    }

    /**
     * {@code gradient = output > 0 ? gradient : 0}, the way back through a ReLU.
     *
     * @param output (batch, width) what the ReLU gave
     * @param gradient (batch, width) of the type of {@code output}; changed in place
     */
    Operation reluMask(Tensor output, Tensor gradient) {
        TensorChecks.like("gradient", gradient, output);
        DataType type = output.type();
        return Span.bind(Span.wide(type), List.of(output, gradient), span -> {
            KernelArguments arguments = span.tensor(span.tensor(new KernelArguments(), output), gradient);
            return span.launch(context.kernel(FAMILY, span.function("relu_mask", type)), arguments);
        });
    }

    /**
     * The sum of every column in fp32, as a bias gradient needs it: blocks of rows are summed at once, then their sums in the same way until one row is left.
     *
     * @param values (batch, out) FLOAT32, BFLOAT16 or FLOAT16
     * @param sums (1, out) FLOAT32
     */
    Operation columnSums(Tensor values, Tensor sums) {
        return columnSums(values, null, sums);
    }

    /**
     * The same with every row times a factor of its own: {@code sums = factors^T values}.
     *
     * @param rowFactors (batch, 1) of the type of {@code values}, or null for ones
     */
    Operation columnSums(Tensor values, Tensor rowFactors, Tensor sums) {
        if (rowFactors != null) {
            TensorChecks.shape("factors", rowFactors, values.rows(), 1);
            TensorChecks.type("factors", rowFactors, values.type());
        }
        Tensor factors = rowFactors;
        TensorChecks.floating("values", values);
        TensorChecks.shape("sums", sums, 1, values.columns());
        TensorChecks.type("sums", sums, DataType.FLOAT32);
        List<Operation> levels = new ArrayList<>();
        Tensor level = values;
        while (blocks(level) > 1) {
            DeviceMemory memory = context.allocate("partial sums of a bias gradient", blocks(level) * values.columns() * Float.BYTES);
            Tensor partial = memory.tensor(0, DataType.FLOAT32, blocks(level), values.columns());
            levels.add(sumBlocks(level, factors, partial));
            level = partial;
            factors = null;
        }
        levels.add(sumBlocks(level, factors, sums));
        return new OperationSequence(levels);
    }

    private static long blocks(Tensor values) {
        return Math.max(1, Math.ceilDiv(values.rows(), (long) SUM_BLOCK_ROWS));
    }

    private Operation sumBlocks(Tensor values, Tensor factors, Tensor sums) {
        int wide = Span.wide(values.type());
        int perThread = values.columns() % wide == 0 && Span.areAligned(wide, List.of(values), values.rows() > 1) ? wide : 1;
        String function = "column_sums" + (perThread > 1 ? "_wide_" : "_single_") + Span.suffix(values.type());
        long strips = Math.ceilDiv(values.columns(), STRIP_LANES * perThread);
        KernelArguments arguments = new KernelArguments()
                .tensor(values).int64(values.rowStride())
                .address(factors == null ? 0 : factors.address()).int64(factors == null ? 0 : factors.rowStride()).int64(values.rows()).int32(values.columns()).tensor(sums);
        return context.kernel(FAMILY, function).bind(blocks(values) * strips, Span.THREADS, 0, arguments);
    }
}
