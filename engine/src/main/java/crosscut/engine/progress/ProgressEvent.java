package crosscut.engine.progress;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Something that happened in a run. Steps are numbered by how many are finished, counted from the very first step of the training: the first report of a run
 * that resumes at step 1000 says more than 1000, and the last step's number equals the total.
 */
public sealed interface ProgressEvent {

    /**
     * The first event of every run, sent when data and configuration are known to be good and before the first step.
     *
     * @param configuration every setting in effect, by flag name, in the order in which it should be read; values are strings, numbers, booleans, lists or null
     * @param description lines for people: the model's size, the data set, the device, memory
     */
    record RunStarted(Map<String, Object> configuration, List<String> description) implements ProgressEvent {
        public RunStarted {
            configuration = Collections.unmodifiableMap(new LinkedHashMap<>(configuration));
            description = List.copyOf(description);
        }
    }

    /**
     * State after a step. Sent after every step whose number is a multiple of {@code print_freq}, and in between at most a few times a second, so that a run of
     * slow steps shows life too.
     *
     * @param epoch the epoch at work, counted from 1
     * @param step steps finished
     * @param totalSteps steps at the end of this training, or 0 where that is not known
     * @param loss mean loss of that step's batch over all ranks, without loss scale
     * @param learningRate the rate that this step used
     * @param samplesPerSecond samples of all ranks per second of training since the previous report, evaluation and checkpoints excluded
     * @param stepMilliseconds mean time of a step since the previous report
     * @param dataWaitShare share (0 to 1) of that time in which the step waited for data
     */
    record StepReport(int epoch, long step, long totalSteps, double loss, double learningRate, double samplesPerSecond, double stepMilliseconds,
                      double dataWaitShare) implements ProgressEvent {
    }

    /** An evaluation (or an inference benchmark) begins after {@code step} steps; it will look at {@code samples} samples. */
    record EvaluationStarted(long step, long samples) implements ProgressEvent {
    }

    /** The evaluation is at {@code samples} of {@code totalSamples}; sent at most a few times a second. */
    record EvaluationProgress(long step, long samples, long totalSamples) implements ProgressEvent {
    }

    /**
     * An evaluation's result.
     *
     * @param step steps finished when it began
     * @param auc area under the ROC curve over all {@code samples}
     * @param loss mean binary cross entropy over all {@code samples}
     * @param seconds wall time it took
     */
    record EvaluationReport(long step, double auc, double loss, long samples, double seconds) implements ProgressEvent {
    }

    /** A complete checkpoint lies at {@code path} under its final name. */
    record CheckpointWritten(Path path, long step, long bytes, double seconds) implements ProgressEvent {
    }

    /** One line that people should see once, such as a chosen matrix product library and why. */
    record Message(String text) implements ProgressEvent {
    }

    /**
     * The last event of a run that ended well.
     *
     * @param results by the name that the JSON-lines log uses, in the order in which it should be read: {@code auc}, {@code validation_loss},
     *                {@code throughput} (samples/s), {@code mean_step_time_ms} and {@code data_wait_share} of the steps after the warm-up for training, and
     *                {@code peak_memory_bytes}, {@code mapped_files_bytes} and {@code planned_memory_bytes} of the CPU rank with most; values as in
     *                {@link RunStarted#configuration}
     */
    record RunFinished(Map<String, Object> results) implements ProgressEvent {
        public RunFinished {
            results = Collections.unmodifiableMap(new LinkedHashMap<>(results));
        }
    }
}
