package crosscut.kernels.loss;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;

/** The loss and its gradient. */
public interface LossOperations {

    /**
     * Mean binary cross entropy from logits: {@code loss = 1/B sum_b max(z,0) - z y + log(1 + exp(-|z|))} and its gradient
     * {@code dz = lossScale (sigmoid(z) - y) / B}. The sum is taken in double over blocks of a fixed size.
     *
     * @param logits z, (batch, 1) FLOAT32 or BFLOAT16 or, on a GPU, FLOAT16
     * @param labels y, (1, batch) FLOAT32
     * @param globalBatch B, the samples over which the mean is taken (all ranks)
     * @param lossScale (1, 1) FLOAT32, factor on the gradient only, read at launch; null for 1
     * @param logitGradient dz, (batch, 1) of the type of the logits, or null for the loss alone
     * @param loss (1, 1) FLOAT32: this device's share of the mean
     */
    Operation binaryCrossEntropy(Tensor logits, Tensor labels, long globalBatch, Tensor lossScale, Tensor logitGradient, Tensor loss);
}
