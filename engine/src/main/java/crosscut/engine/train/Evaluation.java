package crosscut.engine.train;

/**
 * Result over all evaluated samples.
 *
 * @param auc exact area under the ROC curve, ties counted half
 * @param thresholdAuc the reference's approximation with buckets
 * @param loss mean binary cross entropy
 * @param samples how many
 * @param seconds wall time
 */
public record Evaluation(double auc, double thresholdAuc, double loss, long samples, double seconds) {}
