package crosscut.engine.train;

/**
 * Time spent in training steps, evaluation and checkpoints left out. The first steps are warm-up and do not count in the mean.
 */
final class Throughput {

    private final int batchSize;
    private final long warmupSteps;
    private long steps;
    private long measuredSteps;
    private long measuredNanos;
    private long measuredWaitNanos;
    private long windowSteps;
    private long windowNanos;
    private long windowWaitNanos;

    Throughput(int batchSize, long warmupSteps) {
        this.batchSize = batchSize;
        this.warmupSteps = warmupSteps;
    }

    /** Warm-up of a run: the reference's two print intervals, but never more than half of a short run. */
    static long warmupSteps(long steps, int printFreq) {
        return Math.min(2L * printFreq, steps / 2);
    }

    void addStep(long nanos, long waitNanos) {
        steps++;
        windowSteps++;
        windowNanos += nanos;
        windowWaitNanos += waitNanos;
        if (steps > warmupSteps) {
            measuredSteps++;
            measuredNanos += nanos;
            measuredWaitNanos += waitNanos;
        }
    }

    /** Adds time that passed while steps were still running on the device. */
    void addWait(long nanos) {
        windowNanos += nanos;
        if (steps > warmupSteps) {
            measuredNanos += nanos;
        }
    }

    double windowSamplesPerSecond() {
        return windowSteps * (double) batchSize * 1e9 / windowNanos;
    }

    double windowStepMilliseconds() {
        return windowNanos / 1e6 / windowSteps;
    }

    double windowWaitShare() {
        return (double) windowWaitNanos / windowNanos;
    }

    void startWindow() {
        windowSteps = 0;
        windowNanos = 0;
        windowWaitNanos = 0;
    }

    /** Mean over the measured steps, NaN when the run had none. */
    double meanStepMilliseconds() {
        return measuredSteps == 0 ? Double.NaN : measuredNanos / 1e6 / measuredSteps;
    }

    /** Share (0 to 1) of the measured steps' time in which they waited for data, NaN when the run had none. */
    double waitShare() {
        return measuredSteps == 0 ? Double.NaN : (double) measuredWaitNanos / measuredNanos;
    }

    /** Samples per second over the measured steps, NaN when the run had none. */
    double samplesPerSecond() {
        return measuredSteps == 0 ? Double.NaN : measuredSteps * (double) batchSize * 1e9 / measuredNanos;
    }
}
