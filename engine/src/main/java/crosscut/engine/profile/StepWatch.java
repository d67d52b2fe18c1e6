package crosscut.engine.profile;

import crosscut.kernels.batch.RawBatch;
import java.util.List;

/** Is told where a training step begins and where it has been launched. */
public interface StepWatch {

    /** Looks away. */
    StepWatch NONE = new StepWatch() {

        @Override
        public void beforeStep() {
            // Nobody wants to know.
        }

        @Override
        public void afterStep(RawBatch batch) {
            // Nobody wants to know.
        }
    };

    /** The next launches are those of a step. */
    void beforeStep();

    /**
     * The step has been launched.
     *
     * @param batch what it trained on
     */
    void afterStep(RawBatch batch);

    /** What it has seen, as lines for people at the end of the run. */
    default List<String> summary() {
        return List.of();
    }
}
