package crosscut.engine.preprocess;

import java.time.Duration;

/** Hears how far preprocessing is. Called from the thread that runs it, except {@link #stageProgressed}, which may come from a timer thread. */
public interface PreprocessListener {

    /** Hears nothing. */
    PreprocessListener SILENT = new PreprocessListener() {
    };

    /**
     * One step of the plan.
     *
     * @param name such as {@code ingest train.tsv} or {@code dictionary C3}
     * @param number from 1
     * @param count of all stages of the run
     * @param planStart share of the whole run's estimated work that is done when this stage starts, 0 to 1
     * @param planEnd the share when it is done
     */
    record Stage(String name, int number, int count, double planStart, double planEnd) {
    }

    default void stageStarted(Stage stage) {
    }

    /** A share of the stage's work is done, 0 to 1; {@code rows} so far, or 0 where nobody counts them. */
    default void stageProgressed(Stage stage, double share, long rows) {
    }

    default void stageFinished(Stage stage, long rows, Duration elapsed) {
    }

    /** The stage was finished by an earlier run. */
    default void stageSkipped(Stage stage, long rows) {
    }

    /** Something the user should know although the run goes on, as one line. */
    default void warned(String message) {
    }
}
