package crosscut.engine.profile;

import java.util.Arrays;

/** Times of one thing that was done many times. */
final class Times {

    private static final int MOST = 10_000;

    private double[] seconds = new double[64];
    private int count;

    /** Adds one; of more than {@value #MOST} the newest stay. */
    void add(double time) {
        if (count == seconds.length && count < MOST) {
            seconds = Arrays.copyOf(seconds, Math.min(2 * count, MOST));
        }
        seconds[count++ % seconds.length] = time;
    }

    /** The first decile, 0 without times: other programs only add time, and a few lucky ones do not count. */
    double undisturbed() {
        double[] sorted = Arrays.copyOf(seconds, Math.min(count, seconds.length));
        Arrays.sort(sorted);
        return sorted.length == 0 ? 0 : sorted[sorted.length / 10];
    }
}
