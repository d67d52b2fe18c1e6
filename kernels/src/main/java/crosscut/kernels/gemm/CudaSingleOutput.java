package crosscut.kernels.gemm;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.TensorChecks;
import crosscut.kernels.device.cuda.CudaContext;
import crosscut.kernels.device.cuda.KernelArguments;
import crosscut.kernels.device.cuda.Span;
import java.util.List;
import java.util.stream.Stream;

/**
 * The three products of {@link MatrixProducts} for a layer with one output, as the last of the top MLP is: a matrix times a vector, bound by memory, for which
 * libraries want alignments that one column does not have. With the kernels of {@code elementwise.cu}.
 */
final class CudaSingleOutput {

    private static final String FAMILY = "elementwise";

    /** A warp of this many threads takes a row. */
    private static final int WARP = 32;

    private final CudaContext context;
    private final CudaElementwise elementwise;

    CudaSingleOutput(CudaContext context) {
        this.context = context;
        elementwise = new CudaElementwise(context);
    }

    /** {@link MatrixProducts#forward} where w is (in, 1). */
    Operation forward(Tensor x, Tensor w, Tensor bias, Activation activation, Tensor y) {
        DataType type = x.type();
        TensorChecks.floating("x", x);
        Tensor weights = asRow(w, x.columns(), type);
        TensorChecks.shape("y", y, x.rows(), 1);
        TensorChecks.type("y", y, type);
        if (bias != null) {
            TensorChecks.shape("bias", bias, 1, 1);
            TensorChecks.type("bias", bias, DataType.FLOAT32);
        }
        boolean wide = Span.areAligned(Span.wide(type), List.of(x, weights), x.rows() > 1);
        KernelArguments arguments = new KernelArguments()
                .tensor(x).int64(x.rowStride()).tensor(w).address(bias == null ? 0 : bias.address()).int32(activation == Activation.RELU ? 1 : 0)
                .tensor(y).int64(y.rowStride()).int64(x.rows()).int32(x.columns());
        return context.kernel(FAMILY, (wide ? "dot_wide_" : "dot_single_") + Span.suffix(type))
                .bind(Math.ceilDiv(x.rows() * WARP, (long) Span.THREADS), Span.THREADS, 0, arguments);
    }

    /** {@link MatrixProducts#inputGradient} where w is (in, 1). */
    Operation inputGradient(Tensor dy, Tensor w, Tensor residual, Tensor reluOutput, Tensor dx) {
        DataType type = dx.type();
        TensorChecks.floating("dx", dx);
        TensorChecks.shape("dy", dy, dx.rows(), 1);
        TensorChecks.type("dy", dy, type);
        Tensor weights = asRow(w, dx.columns(), type);
        List<Tensor> matrices = Stream.of(dx, residual, reluOutput).flatMap(Stream::ofNullable).toList();
        matrices.forEach(matrix -> TensorChecks.like("residual or ReLU's output", matrix, dx));
        List<Tensor> aligned = Stream.concat(matrices.stream(), Stream.of(weights)).toList();
        return Span.bindRows(Span.wide(type), aligned, span -> {
            KernelArguments arguments = new KernelArguments().tensor(dy).int64(dy.rowStride()).address(span.address(weights));
            span.tensorOrNull(arguments, residual);
            span.tensorOrNull(arguments, reluOutput);
            span.tensor(arguments, dx);
            return span.launch(context.kernel(FAMILY, span.function("outer", type)), arguments);
        });
    }

    /** {@link MatrixProducts#weightGradient} where dy is (batch, 1). */
    Operation weightGradient(Tensor x, Tensor dy, Tensor dw, Tensor db) {
        Operation weights = elementwise.columnSums(x, dy, asRow(dw, x.columns(), DataType.FLOAT32));
        return db == null ? weights : new OperationSequence(List.of(weights, elementwise.columnSums(dy, db)));
    }

    /** A column of weights without gaps as the row that lies in the same memory. */
    private static Tensor asRow(Tensor column, int width, DataType type) {
        TensorChecks.shape("w", column, width, 1);
        TensorChecks.type("w", column, type);
        if (!column.isDense()) {
            throw new IllegalArgumentException("w is " + column.shape() + " with row stride " + column.rowStride() + "; a single column must have no gaps");
        }
        return new Tensor(column.memory(), column.byteOffset(), type, 1, width, width);
    }
}
