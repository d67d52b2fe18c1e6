package crosscut.kernels.cross;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.optimizer.LossScale;
import java.util.List;

/**
 * Cross layer l with h_l = x_l U V + b (low rank) or x_l W + b (full rank): {@code x_{l+1} = x0 * h_l + x_l}, elementwise. With g_l = dL/dx_l the way back is
 * {@code s_l = g_{l+1} * x0} (the gradient of h_l), g_l = g_{l+1} + (s_l through the products), and finally
 * {@code dL/dx0 = g_0 + sum over l of g_{l+1} * h_l}. All tensors (batch, width), all FLOAT32 or all BFLOAT16, computed in fp32.
 */
public interface CrossOperations {

    /** {@code next = x0 * h + x}. */
    Operation forward(Tensor x0, Tensor h, Tensor x, Tensor next);

    /** {@code s = g * x0}. */
    Operation productGradient(Tensor g, Tensor x0, Tensor s);

    /**
     * {@code dx0 = gradients[0] + sum over l of gradients[l + 1] * h[l]}, then {@code + bottomGradient} and {@code * (x0 > 0)} in the first columns, which the
     * bottom MLP's last ReLU wrote.
     *
     * @param gradients g_0 ... g_L
     * @param h h_0 ... h_{L-1}
     * @param bottomGradient (batch, bottom width) the gradient that reaches the bottom MLP's output past the cross network, or null
     * @param x0 (batch, width)
     * @param bottomWidth columns of x0 that the bottom MLP wrote, 0 for none
     * @param dx0 (batch, width); may be {@code gradients[0]}
     * @param lossScale (1, {@link LossScale#STATE_VALUES}) FLOAT32, whose {@link LossScale#OVERFLOW} is set to 1 when dx0 holds an infinity or a NaN and else
     *     stays as it is; null where nobody asks
     */
    Operation inputGradient(List<Tensor> gradients, List<Tensor> h, Tensor bottomGradient, Tensor x0, int bottomWidth, Tensor dx0, Tensor lossScale);

    /** Copies (batch, columns) between tensors of the same type, for the concatenation before the top MLP. */
    Operation copy(Tensor source, Tensor target);

    /**
     * {@code target = ((terms[0] + terms[1]) + terms[2]) + ...}, for what several ranks or several slices of a batch have parts of.
     *
     * @param terms at least one, all of the target's shape and type; the first may be the target
     */
    Operation sum(List<Tensor> terms, Tensor target);
}
