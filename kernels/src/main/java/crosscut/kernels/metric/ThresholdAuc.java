package crosscut.kernels.metric;

/**
 * The approximate area that the reference reports: tf.keras.metrics.AUC with equally spaced thresholds in [0, 1] and trapezoids between them, on the fp32
 * sigmoid of the logits. A score p falls between thresholds {@code ceil(p (T - 1)) - 1} and the next. Counts are 64-bit integers, where Keras adds fp32 numbers
 * and stops counting at 2^24. Memory does not depend on the number of samples. Not thread safe.
 */
public final class ThresholdAuc {

    /** What the reference uses. */
    public static final int REFERENCE_THRESHOLDS = 8000;

    private final long[] positives;
    private final long[] negatives;

    /** An empty metric with {@code thresholds} thresholds, at least 2. */
    public ThresholdAuc(int thresholds) {
        if (thresholds < 2) {
            throw new IllegalArgumentException("an AUC with " + thresholds + " thresholds; at least 2 are needed");
        }
        positives = new long[thresholds];
        negatives = new long[thresholds];
    }

    /**
     * Adds one sample.
     *
     * @throws IllegalArgumentException when the logit is NaN
     */
    public void add(float logit, boolean positive) {
        if (Float.isNaN(logit)) {
            throw new IllegalArgumentException("a logit is not a number");
        }
        float probability = (float) (1 / (1 + Math.exp(-logit)));
        int bucket = Math.max((int) Math.ceil(probability * (positives.length - 1)) - 1, 0);
        (positive ? positives : negatives)[bucket]++;
    }

    /** The area over all samples added so far. */
    public AreaUnderCurve result() {
        long allPositives = sum(positives);
        long allNegatives = sum(negatives);
        double area = 0;
        long truePositives = 0;
        // From the largest threshold down: each bucket adds the width of its negatives times the mean height at its two ends.
        for (int bucket = positives.length - 1; bucket >= 0; bucket--) {
            area += (double) negatives[bucket] * (2.0 * truePositives + positives[bucket]);
            truePositives += positives[bucket];
        }
        double pairs = (double) allPositives * allNegatives;
        return new AreaUnderCurve(pairs == 0 ? Double.NaN : area / (2 * pairs), allPositives, allNegatives);
    }

    private static long sum(long[] counts) {
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        return sum;
    }
}
