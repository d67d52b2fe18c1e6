package crosscut.engine.train;

/**
 * After which steps of an epoch to evaluate: evenly spaced, the last after the last step, as the reference places them
 * ({@code round(linspace(0, steps - 1, n + 1))[1:]}).
 */
final class EvaluationSchedule {

    private final boolean[] after;

    EvaluationSchedule(long stepsPerEpoch, int evaluationsPerEpoch) {
        after = new boolean[Math.toIntExact(stepsPerEpoch)];
        for (int i = 1; i <= evaluationsPerEpoch; i++) {
            after[(int) Math.rint((double) i * (stepsPerEpoch - 1) / evaluationsPerEpoch)] = true;
        }
    }

    /** Whether to evaluate after the step with this index in its epoch. */
    boolean isDueAfter(long stepInEpoch) {
        return after[(int) stepInEpoch];
    }
}
