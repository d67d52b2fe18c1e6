package crosscut.kernels.metric;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;

/** What is counted over the scores of an evaluation where they lie. */
public interface MetricOperations {

    /**
     * Adds the samples of a batch to the counts that {@link ThresholdAuc} takes its area from: sample b with label y and score z goes to
     * {@code counts[(y == 0 ? 0 : T) + bucket(sigmoid(z))]}, or to {@code counts[2 T]} when z is not a number. Whoever starts an evaluation writes zeros.
     *
     * @param logits z, (batch, 1) FLOAT32 or BFLOAT16 or, on a GPU, FLOAT16
     * @param labels y, (1, batch) FLOAT32
     * @param counts (1, {@link ThresholdAuc#counters} of T thresholds) INT64
     */
    Operation countScores(Tensor logits, Tensor labels, Tensor counts);
}
