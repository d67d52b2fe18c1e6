package crosscut.engine.train;

/**
 * After which steps ranks that train together agree whether to stop. To agree, they wait for their devices and for each other, so they do it seldom, but often
 * enough to follow a signal at once.
 */
final class AgreementSchedule {

    /** Longest wait for an answer to a signal, apart from the step that is under way. */
    private static final double SECONDS = 0.25;

    /** Until something is known about the time of a step. */
    private static final int FIRST_STEPS = 1;
    private static final int MOST_STEPS = 1000;

    private long lastStep;
    private long steps = FIRST_STEPS;

    /** @param step steps already done */
    AgreementSchedule(long step) {
        lastStep = step;
    }

    /** Whether {@code step} steps are enough since the last time. */
    boolean isDueAfter(long step) {
        return step - lastStep >= steps;
    }

    /** Steps since the last time. */
    long stepsSince(long step) {
        return step - lastStep;
    }

    /**
     * Plans the next time.
     *
     * @param step steps done
     * @param secondsPerStep mean of all ranks, the same number on all
     */
    void agreed(long step, double secondsPerStep) {
        lastStep = step;
        steps = secondsPerStep > 0 ? Math.clamp((long) (SECONDS / secondsPerStep), 1, MOST_STEPS) : FIRST_STEPS;
    }
}
