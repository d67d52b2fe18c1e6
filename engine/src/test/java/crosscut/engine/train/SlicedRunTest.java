package crosscut.engine.train;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.engine.TestModels;
import crosscut.engine.config.Precision;
import crosscut.engine.config.TrainingConfig;
import crosscut.engine.progress.ProgressEvent;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.SampleSlices;
import crosscut.kernels.optimizer.UpdateRule;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs whose training steps are cut into slices of their samples against runs that go layer by layer. */
class SlicedRunTest extends ParallelRuns {

    private int threads = 1;
    private int groups = 1;
    private int slicesPerGroup = 1;

    @Override
    Device openDevice() {
        return TestModels.cutting(TestModels.device(threads), batch -> new SampleSlices(batch, groups, slicesPerGroup));
    }

    private void cut(int newGroups, int newSlicesPerGroup, int newThreads) {
        groups = newGroups;
        slicesPerGroup = newSlicesPerGroup;
        threads = newThreads;
    }

    /** Batches of 48, of one and of several ranks; 48, 24 and 16 samples into slices of one size or two. */
    @ParameterizedTest
    @CsvSource({
        "1, 2,  1, ADAM, 0", "1, 1, 3, SGD, 0", "1, 3, 2, ADAM, 0", "1, 5, 2, SGD, 0", "1, 16, 3, ADAM, 0",
        "2, 2,  3, ADAM, 2400", "2, 1, 5, SGD, 0", "3, 3, 1, ADAM, 0",
    })
    void learnsWhatAWholeStepLearns(int ranks, int newGroups, int newSlicesPerGroup, UpdateRule.Kind kind, long rowSlices) throws IOException {
        TrainingConfig training = training(kind, Precision.FP32, BATCH, STEPS, cutByRows(rowSlices));
        List<ProgressEvent> expected = train(1, "whole", training);
        cut(newGroups, newSlicesPerGroup, 2);
        List<ProgressEvent> actual = train(ranks, "sliced", training);
        assertSameReports(actual, expected);
        assertSameWithinTheLaw("sliced", "whole");
    }

    @ParameterizedTest
    @CsvSource({"FP32, 1", "BF16, 1", "FP32, 2"})
    void trainsTheSameBitsOnAnyNumberOfThreads(Precision precision, int ranks) throws IOException {
        TrainingConfig training = training(UpdateRule.Kind.ADAM, precision, BATCH, STEPS);
        cut(5, 3, 1);
        train(ranks, "one", training);
        Map<String, float[]> expected = newestTensors("one");
        for (int more : new int[] {2, 3, 7}) {
            cut(5, 3, more);
            train(ranks, "threads-" + more, training);
            Map<String, float[]> actual = newestTensors("threads-" + more);
            assertThat(actual.keySet()).isEqualTo(expected.keySet());
            actual.forEach((name, values) -> assertThat(values).as("%s with %d threads", name, more).isEqualTo(expected.get(name)));
        }
    }

    /** Evaluation batches of the size of a training step go forward through the training pass itself. */
    @Test
    void evaluatesAsAWholePassDoes() throws IOException {
        TrainingConfig training = training(UpdateRule.Kind.SGD, Precision.FP32, 2 * BATCH, STEPS);
        List<ProgressEvent.EvaluationReport> expected = events(train(1, "whole", training), ProgressEvent.EvaluationReport.class);
        cut(4, 3, 2);
        List<ProgressEvent.EvaluationReport> actual = events(train(1, "sliced", training), ProgressEvent.EvaluationReport.class);
        assertSameEvaluations(actual, expected);
        assertSameWithinTheLaw("sliced", "whole");
    }
}
