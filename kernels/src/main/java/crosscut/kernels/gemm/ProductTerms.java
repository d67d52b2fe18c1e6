package crosscut.kernels.gemm;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Tensor;

/**
 * {@code destination = relu(left * right + bias + residual) * (reluOutput > 0)}: the general form of the three products, as every implementation computes it.
 *
 * @param left (m, k)
 * @param right (k, n)
 * @param bias (1, n) or null
 * @param activation follows bias and residual
 * @param residual (m, n) or null; may be the destination
 * @param reluOutput (m, n) or null
 * @param destination (m, n)
 */
public record ProductTerms(MatrixView left, MatrixView right, Tensor bias, Activation activation, Tensor residual, Tensor reluOutput, Tensor destination) {

    /**
     * The terms of {@link MatrixProducts#forward}, checked.
     *
     * @param biasType that the bias may have beside FLOAT32
     */
    public static ProductTerms forward(Tensor x, Tensor w, Tensor bias, DataType biasType, Activation activation, Tensor y) {
        ProductShapes.checkForward(x, w, bias, biasType, y);
        return new ProductTerms(new MatrixView(x, false), new MatrixView(w, false), bias, activation, null, null, y);
    }

    /** The terms of {@link MatrixProducts#inputGradient}, checked. */
    public static ProductTerms inputGradient(Tensor dy, Tensor w, Tensor residual, Tensor reluOutput, Tensor dx) {
        ProductShapes.checkInputGradient(dy, w, residual, reluOutput, dx);
        return new ProductTerms(new MatrixView(dy, false), new MatrixView(w, true), null, Activation.NONE, residual, reluOutput, dx);
    }

    /** The terms of {@link MatrixProducts#weightGradient}, checked, without the bias gradient. */
    public static ProductTerms weightGradient(Tensor x, Tensor dy, Tensor dw, Tensor db) {
        ProductShapes.checkWeightGradient(x, dy, dw, db);
        return new ProductTerms(new MatrixView(x, true), new MatrixView(dy, false), null, Activation.NONE, null, null, dw);
    }

    /**
     * The part that {@code count} terms of each sum make. But for the first, parts are added to what the destination holds; the last one ends with bias,
     * activation and mask.
     */
    ProductTerms ofTerms(long from, long count) {
        boolean isLast = from + count == left.columns();
        return new ProductTerms(left.columnRange(from, count), right.rowRange(from, count), isLast ? bias : null, isLast ? activation : Activation.NONE,
                from == 0 ? residual : destination, isLast ? reluOutput : null, destination);
    }

    /** True when the residual is what the destination holds. */
    boolean isResidualInPlace() {
        return residual != null && residual.address() == destination.address() && residual.rowStride() == destination.rowStride();
    }
}
