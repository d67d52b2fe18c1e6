package crosscut.kernels.loss;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;

/** The loss and its gradient. */
public interface LossOperations {

    /**
     * The last layer {@code z = x w + b} with its loss and the way back through both, in one pass over the batch. The loss is the mean binary cross entropy
     * from logits, {@code loss = 1/B sum (max(z,0) - z y + log(1 + exp(-|z|)))}, in double from logits rounded to their type. Gradients follow as
     * <pre>
     * dz = lossScale (sigmoid(z) - y) / B    rounded to the type of z
     * dx = dz w^T * (x > 0, if x is a ReLU's output)
     * dw = x^T dz,  db = sum dz              in fp32
     * </pre>
     * Sums are taken over blocks of samples, cut by the shape alone: same bits in every run and on any number of threads. All of them are 0 for an empty batch.
     *
     * @param layer x, w, b; where z and the gradients go
     * @param labels y, (1, batch) FLOAT32
     * @param globalBatch B, the samples over which the mean is taken (all ranks), at least 1
     * @param lossScale (1, 1) FLOAT32, factor on the gradients only, read at launch; null for 1
     * @param loss (1, 1) FLOAT32: this device's share of the mean
     * @throws IllegalArgumentException naming a tensor of another shape or type, a column of weights with gaps, or a global batch below 1
     */
    Operation lastLayer(LastLayer layer, Tensor labels, long globalBatch, Tensor lossScale, Tensor loss);
}
