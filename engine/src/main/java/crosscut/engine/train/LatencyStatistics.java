package crosscut.engine.train;

import java.util.Arrays;

/** Percentiles of measured times, interpolated linearly between order statistics as NumPy's default does. */
final class LatencyStatistics {

    private final double[] sorted;

    /** Of times in seconds, at least one. */
    LatencyStatistics(double[] seconds) {
        sorted = seconds.clone();
        Arrays.sort(sorted);
    }

    double mean() {
        return Arrays.stream(sorted).average().orElseThrow();
    }

    /** The value below which {@code share} (0 to 1) of the times lie. */
    double percentile(double share) {
        double position = share * (sorted.length - 1);
        int below = (int) position;
        int above = Math.min(below + 1, sorted.length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }
}
