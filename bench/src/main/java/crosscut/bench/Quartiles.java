package crosscut.bench;

import java.util.Arrays;

/**
 * The middle of measurements and how far they spread.
 *
 * @param lower a quarter of them is not above this
 * @param median half of them is not above this
 * @param upper three quarters of them are not above this
 */
public record Quartiles(double lower, double median, double upper) {

    /** Of at least one value; between two values it interpolates. */
    public static Quartiles of(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return new Quartiles(quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75));
    }

    private static double quantile(double[] sorted, double share) {
        double place = share * (sorted.length - 1);
        int below = (int) place;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
