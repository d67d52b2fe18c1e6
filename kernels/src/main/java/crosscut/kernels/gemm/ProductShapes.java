package crosscut.kernels.gemm;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.TensorChecks;

/** The shape and type rules of {@link MatrixProducts}; each throws an {@link IllegalArgumentException} that names both shapes. */
final class ProductShapes {

    private ProductShapes() {
    }

    /** @param biasType accepted beside FLOAT32 */
    static void checkForward(Tensor x, Tensor w, Tensor bias, DataType biasType, Tensor y) {
        TensorChecks.floating("x", x);
        requireShape("w", w, x.type(), x.columns(), y.columns(), "x", x, "y", y);
        requireShape("y", y, x.type(), x.rows(), w.columns(), "x", x, "w", w);
        requireBias("bias", bias, bias != null && bias.type() == biasType ? biasType : DataType.FLOAT32, y);
        requireNonEmpty(w);
    }

    static void checkInputGradient(Tensor dy, Tensor w, Tensor residual, Tensor reluOutput, Tensor dx) {
        TensorChecks.floating("dy", dy);
        requireShape("w", w, dy.type(), dx.columns(), dy.columns(), "dy", dy, "dx", dx);
        requireShape("dx", dx, dy.type(), dy.rows(), w.rows(), "dy", dy, "w", w);
        if (residual != null) {
            requireShape("residual", residual, dx.type(), dx.rows(), dx.columns(), "dx", dx, "dy", dy);
        }
        if (reluOutput != null) {
            requireShape("reluOutput", reluOutput, dx.type(), dx.rows(), dx.columns(), "dx", dx, "dy", dy);
        }
        requireNonEmpty(w);
    }

    static void checkWeightGradient(Tensor x, Tensor dy, Tensor dw, Tensor db) {
        TensorChecks.floating("x", x);
        requireShape("dy", dy, x.type(), x.rows(), dw.columns(), "x", x, "dw", dw);
        requireShape("dw", dw, DataType.FLOAT32, x.columns(), dy.columns(), "x", x, "dy", dy);
        requireBias("db", db, DataType.FLOAT32, dy);
        requireNonEmpty(dw);
    }

    private static void requireBias(String name, Tensor bias, DataType type, Tensor of) {
        if (bias != null) {
            requireShape(name, bias, type, 1, of.columns(), "its output", of, "its output", of);
        }
    }

    private static void requireShape(String name, Tensor actual, DataType type, long rows, long columns, String firstName, Tensor first, String secondName,
            Tensor second) {
        if (actual.type() != type || actual.rows() != rows || actual.columns() != columns) {
            String others = firstName + " " + first.shape() + (first == second ? "" : " and " + secondName + " " + second.shape());
            throw new IllegalArgumentException(name + " is " + actual.shape() + " but must be " + rows + " x " + columns + " " + type + " to fit " + others);
        }
    }

    private static void requireNonEmpty(Tensor weights) {
        if (weights.elements() == 0) {
            throw new IllegalArgumentException("a linear layer of " + weights.rows() + " inputs and " + weights.columns() + " outputs");
        }
    }
}
