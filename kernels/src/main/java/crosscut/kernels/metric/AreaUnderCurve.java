package crosscut.kernels.metric;

/**
 * Area under the ROC curve of some samples.
 *
 * @param value the area in [0, 1], or NaN when it is not defined
 * @param positives samples with label 1
 * @param negatives samples with label 0
 */
public record AreaUnderCurve(double value, long positives, long negatives) {

    /** False when one of the classes has no sample: then no threshold separates anything and there is no curve. */
    public boolean isDefined() {
        return positives > 0 && negatives > 0;
    }

    /** One line for people: the value, or why there is none. */
    public String description() {
        if (isDefined()) {
            return Double.toString(value);
        }
        if (positives + negatives == 0) {
            return "not defined: no samples";
        }
        return "not defined: all " + (positives + negatives) + " labels are " + (positives > 0 ? 1 : 0);
    }
}
