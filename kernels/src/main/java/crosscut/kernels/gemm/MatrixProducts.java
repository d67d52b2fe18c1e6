package crosscut.kernels.gemm;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;

/**
 * The three products of a linear layer y = x w + b with everything fused that touches the same elements. Matrices are row major with any row stride; x, w, y
 * and their gradients have one type, FLOAT32, BFLOAT16 or (on a GPU) FLOAT16; sums are fp32; weight and bias gradients are always FLOAT32.
 * Bit-reproducible: the result depends on shapes and values, not on the number of threads.
 */
public interface MatrixProducts extends AutoCloseable {

    /** One line for people: library and version. */
    String description();

    /** The type of bias that {@link #forward} with weights {@code w} reads as it is; it may have to convert a bias of another type at every launch. */
    DataType biasType(Tensor w);

    /**
     * {@code y = activation(x w + bias)}.
     *
     * @param x (batch, in)
     * @param w (in, out)
     * @param bias (1, out) FLOAT32 or {@link #biasType}, or null for none
     * @param y (batch, out)
     */
    default Operation forward(Tensor x, Tensor w, Tensor bias, Activation activation, Tensor y) {
        return forward(x, w, bias, activation, y, null);
    }

    /**
     * The same for weights that stay as they are for many launches.
     *
     * @param fixed has to {@link FixedWeights#take take} the weights before this is launched, and again when they have changed; bias and x are read at every
     *     launch. Null for weights that may change from launch to launch
     */
    Operation forward(Tensor x, Tensor w, Tensor bias, Activation activation, Tensor y, FixedWeights fixed);

    /**
     * {@code dx = (dy w^T + residual) * (reluOutput > 0)}.
     *
     * @param dy (batch, out)
     * @param w (in, out)
     * @param residual (batch, in) added to the product, or null; may be dx itself
     * @param reluOutput (batch, in) output of the ReLU that x came from, or null when x did not come from one
     * @param dx (batch, in)
     */
    Operation inputGradient(Tensor dy, Tensor w, Tensor residual, Tensor reluOutput, Tensor dx);

    /**
     * {@code dw = x^T dy} and {@code db = sum over the batch of dy}.
     *
     * @param x (batch, in)
     * @param dy (batch, out)
     * @param dw (in, out) FLOAT32
     * @param db (1, out) FLOAT32, or null for none
     */
    Operation weightGradient(Tensor x, Tensor dy, Tensor dw, Tensor db);

    /** Frees what the ops made here share; none of them may be launched afterwards. */
    @Override
    void close();
}
