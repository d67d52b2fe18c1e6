package crosscut.kernels.loss;

import crosscut.kernels.device.Tensor;
import java.util.List;

/**
 * The tensors of the last layer of an MLP in training: one output per sample, the logit {@code z = x w + b}, and what its way back writes.
 *
 * @param x (batch, in) FLOAT32 or BFLOAT16 or, on a GPU, FLOAT16
 * @param isReluOutput whether x is the output of a ReLU, so that its gradient is 0 where x is not above 0
 * @param w (in, 1) without gaps, of the type of x
 * @param bias b, (1, 1) FLOAT32
 * @param logits z, (batch, 1) of the type of x
 * @param logitGradient dz, (batch, 1) of the type of x
 * @param inputGradient dx, (batch, in) of the type of x
 * @param weightGradient dw, (in, 1) without gaps, FLOAT32
 * @param biasGradient db, (1, 1) FLOAT32
 */
public record LastLayer(
        Tensor x, boolean isReluOutput, Tensor w, Tensor bias, Tensor logits, Tensor logitGradient, Tensor inputGradient, Tensor weightGradient,
        Tensor biasGradient) {

    /** What is read, then what is written. */
    public List<Tensor> tensors() {
        return List.of(x, w, bias, logits, logitGradient, inputGradient, weightGradient, biasGradient);
    }
}
