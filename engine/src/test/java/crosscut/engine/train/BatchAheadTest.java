package crosscut.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.engine.SimulatedGpu;
import crosscut.engine.TestModels;
import crosscut.engine.UserException;
import crosscut.engine.config.LossScaling;
import crosscut.engine.config.PlacementConfig;
import crosscut.engine.config.Precision;
import crosscut.engine.config.RunConfig;
import crosscut.engine.config.TrainingConfig;
import crosscut.engine.progress.ProgressEvent;
import crosscut.kernels.device.Device;
import crosscut.kernels.optimizer.UpdateRule;
import crosscut.simulator.execution.LaneOrder;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The batch that a GPU prepares beside a step changes nothing about that step, whatever happens between the two. */
class BatchAheadTest extends SimulatedRuns {

    /** Steps between reports; a slow run reports some times in between. */
    private static final int SELDOM = 1000;

    private static TrainingConfig adam(int validBatch, int evaluations, int printFreq, long threshold) {
        TrainingConfig one = training(UpdateRule.Kind.ADAM, Precision.FP16, new LossScaling(1024, true), -1,
                PlacementConfig.DEFAULT.withOffloading(threshold));
        return new TrainingConfig(one.optimizer(), one.precision(), BATCH, validBatch, 2, -1, evaluations, printFreq, 5, true, 8000, false, one.lossScaling(),
                one.placement());
    }

    /** In the stored order, reporting every step. */
    private static TrainingConfig ordered(long steps) {
        TrainingConfig one = training(UpdateRule.Kind.SGD, Precision.FP32, LossScaling.NONE, steps);
        return new TrainingConfig(one.optimizer(), one.precision(), BATCH, 40, 1, steps, 1, 1, 5, false, 8000, false, one.lossScaling(), one.placement());
    }

    /** By the pass that trains, and by one of its own. */
    @ParameterizedTest
    @CsvSource({"48, -1", "48, 0", "48, 40000", "40, -1", "40, 0"})
    void evaluationsBetweenStepsLeaveThePreparedBatchAlone(int validBatch, long threshold) throws IOException {
        long offloading = threshold < 0 ? PlacementConfig.NO_OFFLOADING : threshold;
        runSimulated(LaneOrder.LOCK_STEP, config(adam(validBatch, 1, SELDOM, offloading), saving("seldom", 0, null)));
        double auc = (double) results().get("auc");
        runSimulated(LaneOrder.LANE_RANDOM, config(adam(validBatch, 7, SELDOM, offloading), saving("often", 2, null)));
        assertThat(events).filteredOn(ProgressEvent.EvaluationReport.class::isInstance).hasSize(14);
        assertThat((double) results().get("auc")).isGreaterThanOrEqualTo(auc);
        assertSameBits("often", "seldom");
    }

    @Test
    void aStoppedTrainingForgetsTheBatchAheadAndIsResumedWithIt() throws IOException {
        TrainingConfig training = adam(40, 3, 1, PlacementConfig.NO_OFFLOADING);
        runSimulated(LaneOrder.LOCK_STEP, config(training, saving("whole", 0, null)));
        stopAt = 3;
        runSimulated(LaneOrder.LOCK_STEP, config(training, saving("stopped", 0, null)));
        assertThat(losses()).hasSize(4);
        stopAt = -1;
        runSimulated(LaneOrder.LANE_REVERSE, config(training, saving("resumed", 0, "stopped")));
        assertSameBits("resumed", "whole");
    }

    @ParameterizedTest
    @EnumSource(Connection.class)
    void ranksThatStopTogetherAreResumedWithTheBatchesAhead(Connection connection) throws IOException {
        TrainingConfig training = adam(40, 3, 1, PlacementConfig.NO_OFFLOADING).withPlacement(SLICED);
        runRanks(2, config(training, saving("whole", 0, null)), connection);
        stopAt = 3;
        runRanks(2, config(training.withPlacement(SLICED.withDataParallelInput(true)), saving("stopped", 0, null)), connection);
        stopAt = -1;
        runRanks(2, config(training, saving("resumed", 0, "stopped")), connection);
        assertSameBits("resumed", "whole");
    }

    /** Ids of the next batch are read by their owners, or travel beside what the step exchanges. */
    @ParameterizedTest
    @CsvSource({"STAGED, 2, true", "NCCL, 2, true", "NCCL, 3, false", "NCCL, 3, true"})
    void ranksWhoseHostsDoNotWaitLearnTheSameBits(Connection connection, int ranks, boolean dataParallelInput) throws IOException {
        PlacementConfig placement = SLICED.withDataParallelInput(dataParallelInput);
        runRanks(ranks, config(adam(48, 1, 1, PlacementConfig.NO_OFFLOADING).withPlacement(SLICED), saving("waiting", 0, null)), Connection.NCCL);
        runRanks(ranks, config(adam(48, 5, SELDOM, PlacementConfig.NO_OFFLOADING).withPlacement(placement), saving("running", 0, null)), connection);
        assertSameBits("running", "waiting");
    }

    /** The third batch is bad: two steps are reported and saved first, on both devices. */
    @Test
    void aBadIdOfTheNextBatchIsReportedByItsOwnStep() throws IOException {
        writeFiles(2 * BATCH + 5);
        RunConfig onCpu = onFiles(ordered(-1), saving("cpu", 1, null));
        RunConfig onGpu = onFiles(ordered(-1), saving("gpu", 1, null));
        String expected;
        try (Device device = TestModels.device(1)) {
            expected = failure(device, onCpu);
        }
        List<Long> reported = reportedSteps();
        assertThat(expected).contains("feature size, sample 101: id 300 is outside [0, 300)");
        assertThat(reported).containsExactly(1L, 2L);
        try (SimulatedGpu gpu = new SimulatedGpu()) {
            assertThat(failure(gpu.device(), onGpu)).isEqualTo(expected);
        }
        assertThat(reportedSteps()).isEqualTo(reported);
        assertThat(events).filteredOn(ProgressEvent.CheckpointWritten.class::isInstance).hasSize(2);
    }

    private List<Long> reportedSteps() {
        return events.stream().filter(ProgressEvent.StepReport.class::isInstance).map(event -> ((ProgressEvent.StepReport) event).step()).toList();
    }

    @Test
    void aTrainingThatEndsBeforeABadBatchNeverMeetsIt() throws IOException {
        writeFiles(2 * BATCH + 5);
        runSimulated(LaneOrder.LOCK_STEP, onFiles(ordered(2), NO_CHECKPOINTS));
        assertThat(reportedSteps()).containsExactly(1L, 2L);
        stopAt = 1;
        runSimulated(LaneOrder.LOCK_STEP, onFiles(ordered(-1), saving("stopped", 0, null)));
        assertThat(reportedSteps()).containsExactly(1L, 2L);
    }

    @Test
    void aBadIdIsNamedAsOnTheCpu() throws IOException {
        writeFiles(77);
        String expected;
        try (Device device = TestModels.device(1)) {
            expected = failure(device);
        }
        assertThat(expected).contains("size").contains("300");
        try (SimulatedGpu gpu = new SimulatedGpu()) {
            assertThat(failure(gpu.device())).isEqualTo(expected);
        }
    }

    /** An id beyond the whole table is no id of another rank's rows: a rank that reads it names it, and no rank takes it for nothing. */
    @ParameterizedTest
    @CsvSource({"CPU, false", "CPU, true", "STAGED, false", "STAGED, true"})
    void aBadIdOfATableCutByRowsIsNamed(String devices, boolean dataParallelInput) throws IOException {
        writeFiles(IntStream.range(0, 3 * BATCH).toArray());
        PlacementConfig rows = new PlacementConfig(PlacementConfig.Strategy.BASIC, PlacementConfig.REFERENCE_COLUMN_SLICE_THRESHOLD, 2400, 0)
                .withDataParallelInput(dataParallelInput);
        RunConfig config = onFiles(training(UpdateRule.Kind.SGD, Precision.FP32, LossScaling.NONE, STEPS, rows), NO_CHECKPOINTS);
        assertThatThrownBy(() -> runRanks(2, config, devices.equals("CPU") ? null : Connection.STAGED)).isInstanceOf(UserException.class)
                .hasMessageMatching(".*feature size, sample \\d+: id 300 is outside \\[0, 300\\), .*");
    }


    private String failure(Device device) {
        return failure(device, onFiles(training(Precision.FP32), NO_CHECKPOINTS));
    }

    private String failure(Device device, RunConfig config) {
        String[] message = new String[1];
        assertThatThrownBy(() -> run(config, device)).isInstanceOf(UserException.class).satisfies(thrown -> message[0] = thrown.getMessage());
        return message[0];
    }
}
