package crosscut.kernels.metric;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.TensorChecks;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The approximate area that the reference reports: tf.keras.metrics.AUC with equally spaced thresholds in [0, 1] and trapezoids between them, on the fp32
 * sigmoid of the logits. A score p falls between thresholds {@code ceil(p (T - 1)) - 1} and the next. Counts are 64-bit integers, where Keras adds fp32 numbers
 * and stops counting at 2^24. {@link MetricOperations#countScores} counts; memory does not depend on the number of samples.
 */
public final class ThresholdAuc {

    /** What the reference uses. */
    public static final int REFERENCE_THRESHOLDS = 8000;

    private ThresholdAuc() {
    }

    /**
     * Counters that {@code thresholds} thresholds need: a bucket per threshold and class, negatives first, and one for logits that are not a number.
     *
     * @throws IllegalArgumentException when there are fewer than 2 thresholds
     */
    public static int counters(int thresholds) {
        if (thresholds < 2) {
            throw new IllegalArgumentException("an AUC with " + thresholds + " thresholds; at least 2 are needed");
        }
        return 2 * thresholds + 1;
    }

    /** The inverse of {@link #counters}. */
    static int thresholds(long counters) {
        return Math.toIntExact((counters - 1) / 2);
    }

    /** Demands what {@link MetricOperations#countScores} says, but for the type of the logits. */
    static void check(Tensor logits, Tensor labels, Tensor counts) {
        TensorChecks.shape("logits", logits, logits.rows(), 1);
        TensorChecks.shape("labels", labels, 1, Math.toIntExact(logits.rows()));
        TensorChecks.type("labels", labels, DataType.FLOAT32);
        TensorChecks.shape("counts", counts, 1, counters(thresholds(counts.columns())));
        TensorChecks.type("counts", counts, DataType.INT64);
    }

    /** Where a sample is counted. */
    static int counter(float logit, boolean positive, int thresholds) {
        if (Float.isNaN(logit)) {
            return 2 * thresholds;
        }
        float probability = (float) (1 / (1 + Math.exp(-logit)));
        int bucket = Math.max((int) Math.ceil(probability * (thresholds - 1)) - 1, 0);
        return positive ? thresholds + bucket : bucket;
    }

    /**
     * The area over all samples counted.
     *
     * @param counts {@link #counters} 64-bit integers
     * @throws IllegalArgumentException when a logit was not a number
     */
    public static AreaUnderCurve area(MemorySegment counts) {
        int thresholds = thresholds(counts.byteSize() / Long.BYTES);
        if (count(counts, 2 * thresholds) > 0) {
            throw new IllegalArgumentException(count(counts, 2 * thresholds) + " logits are not a number");
        }
        long negatives = 0;
        long truePositives = 0;
        double area = 0;
        // From the largest threshold down: each bucket adds the width of its negatives times the mean height at its two ends.
        for (int bucket = thresholds - 1; bucket >= 0; bucket--) {
            long negative = count(counts, bucket);
            long positive = count(counts, thresholds + bucket);
            area += (double) negative * (2.0 * truePositives + positive);
            truePositives += positive;
            negatives += negative;
        }
        double pairs = (double) truePositives * negatives;
        return new AreaUnderCurve(pairs == 0 ? Double.NaN : area / (2 * pairs), truePositives, negatives);
    }

    private static long count(MemorySegment counts, long index) {
        return counts.getAtIndex(ValueLayout.JAVA_LONG, index);
    }
}
