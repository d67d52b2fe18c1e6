package crosscut.engine.train;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.engine.TestModels;
import crosscut.engine.config.LossScaling;
import crosscut.engine.config.ModelFlags;
import crosscut.engine.config.PlacementConfig;
import crosscut.engine.config.Precision;
import crosscut.engine.config.RunConfig;
import crosscut.engine.config.TrainingConfig;
import crosscut.engine.progress.ProgressEvent;
import crosscut.kernels.Tolerance;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.embedding.Pooling;
import crosscut.kernels.optimizer.UpdateRule;
import crosscut.simulator.execution.LaneOrder;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole trainings on the simulated GPU, with captured steps and all checks, beside the CPU's. */
class SimulatedTrainingTest extends SimulatedRuns {

    /** fp16 is compared with the CPU's fp32: the same training with fewer bits. */
    @ParameterizedTest
    @CsvSource({"FP32, FP32, FLOAT32", "BF16, BF16, BFLOAT16", "FP16, FP32, FLOAT16"})
    void everyStepAndTheWeightsAgreeWithTheCpu(Precision precision, Precision onCpu, DataType type) throws IOException {
        runOnCpu(training(onCpu), "cpu");
        List<Double> expected = losses();
        double auc = (double) results().get("auc");
        runSimulated(LaneOrder.LOCK_STEP, config(training(precision), saving("gpu", 0, null)));
        Tolerance law = new Tolerance(type, STEPS);
        assertThat(losses()).hasSize(STEPS);
        for (int step = 0; step < STEPS; step++) {
            assertThat(law.accepts(losses().get(step), expected.get(step), 1)).as("step %d: %s, expected %s", step, losses(), expected).isTrue();
        }
        compare("gpu", "cpu", law);
        assertThat(law.accepts((double) results().get("auc"), auc, 1)).isTrue();
    }

    /** Tables whole; or the largest in slices of rows, another one in slices of columns, and copies of the small one. */
    @ParameterizedTest
    @CsvSource({"STAGED, 2, FP32, FLOAT32, false, false", "STAGED, 2, FP16, FLOAT16, true, true", "NCCL, 2, FP32, FLOAT32, true, false",
        "NCCL, 4, FP32, FLOAT32, false, true", "NCCL, 2, FP16, FLOAT16, false, false"})
    void severalSimulatedRanksAgreeWithCpuRanks(
            Connection connection, int ranks, Precision precision, DataType type, boolean isSliced, boolean dataParallelInput) throws IOException {
        PlacementConfig placement = (isSliced ? SLICED : PlacementConfig.DEFAULT).withDataParallelInput(dataParallelInput);
        LossScaling scaling = new LossScaling(1024, false);
        runRanks(ranks, config(training(UpdateRule.Kind.SGD, Precision.FP32, scaling, STEPS, placement), saving("cpu", 0, null)), null);
        List<Double> expected = losses();
        double auc = (double) results().get("auc");
        runRanks(ranks, config(training(UpdateRule.Kind.SGD, precision, scaling, STEPS, placement), saving("gpu", 0, null)), connection);
        Tolerance law = new Tolerance(type, STEPS);
        assertThat(losses()).hasSize(STEPS);
        for (int step = 0; step < STEPS; step++) {
            assertThat(law.accepts(losses().get(step), expected.get(step), 1)).as("step %d: %s, expected %s", step, losses(), expected).isTrue();
        }
        compare("gpu", "cpu", law);
        assertThat(law.accepts((double) results().get("auc"), auc, 1)).isTrue();
    }

    /** No layer of the top MLP takes a ReLU's output then, and none brings its gradients beside the main stream. */
    @ParameterizedTest
    @CsvSource({"2, false", "2, true", "0, false", "0, true"})
    void ranksWithATopMlpOfOneLayerAgreeWithCpuRanks(int crossLayers, boolean readsBottomAgain) throws IOException {
        ModelFlags model = new ModelFlags("4,8,5", List.of(8, 4), List.of(1), crossLayers, 3, readsBottomAgain, Pooling.MEAN);
        for (Connection connection : new Connection[] {null, Connection.NCCL}) {
            RunConfig config = config(training(Precision.FP32), saving(connection == null ? "cpu" : "gpu", 0, null));
            runRanks(2, new RunConfig(config.mode(), config.dataset(), model, config.training(), config.checkpoint(), config.flags()), connection);
        }
        compare("gpu", "cpu", new Tolerance(DataType.FLOAT32, STEPS));
    }

    /** And whoever reads the ids. */
    @Test
    void everyConnectionOfRanksGivesTheSameBitsInEveryRun() throws IOException {
        TrainingConfig adam = training(UpdateRule.Kind.ADAM, Precision.FP16, new LossScaling(1024, true), 3, SLICED);
        runRanks(2, config(adam, saving("one", 0, null)), Connection.NCCL);
        List<Double> expected = losses();
        TrainingConfig sent = adam.withPlacement(SLICED.withDataParallelInput(true));
        for (Connection connection : Connection.values()) {
            runRanks(2, config(sent, saving(connection.name(), 0, null)), connection);
            assertThat(losses()).isEqualTo(expected);
            assertSameBits(connection.name(), "one");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LANE_REVERSE", "LANE_RANDOM", "LOCK_STEP"})
    void theSameBitsInEveryRunAndOrder(LaneOrder order) throws IOException {
        TrainingConfig adam = training(UpdateRule.Kind.ADAM, Precision.FP16, new LossScaling(1024, true), 3);
        runSimulated(LaneOrder.LOCK_STEP, config(adam, saving("one", 0, null)));
        List<Double> expected = losses();
        runSimulated(order, config(adam, saving("other", 0, null)));
        assertThat(losses()).isEqualTo(expected);
        assertSameBits("other", "one");
    }

    @Test
    void interruptedAndResumedEqualsUninterrupted() throws IOException {
        TrainingConfig whole = training(UpdateRule.Kind.ADAM, Precision.FP16, new LossScaling(1024, true), STEPS);
        runSimulated(LaneOrder.LOCK_STEP, config(whole, saving("whole", 0, null)));
        TrainingConfig half = training(UpdateRule.Kind.ADAM, Precision.FP16, new LossScaling(1024, true), 3);
        runSimulated(LaneOrder.LOCK_STEP, config(half, saving("half", 0, null)));
        runSimulated(LaneOrder.LOCK_STEP, config(whole, saving("resumed", 0, "half")));
        assertSameBits("resumed", "whole");
    }

    /** All tables in host memory, and the largest alone, which takes 240,000 bytes with its moments. */
    @ParameterizedTest
    @CsvSource({"0, color", "40000, shop"})
    void tablesInHostMemoryLearnTheSameBits(long threshold, String firstOffloaded) throws IOException {
        TrainingConfig adam = training(UpdateRule.Kind.ADAM, Precision.FP16, new LossScaling(1024, true), STEPS);
        runSimulated(LaneOrder.LOCK_STEP, config(adam, saving("on the device", 0, null)));
        List<Double> expected = losses();
        double auc = (double) results().get("auc");
        runSimulated(LaneOrder.LANE_RANDOM, config(offloading(adam, threshold), saving("on the host", 0, null)));
        assertThat(((ProgressEvent.RunStarted) events.getFirst()).description()).anyMatch(line -> line.contains("; tables in host memory: " + firstOffloaded));
        assertThat(losses()).isEqualTo(expected);
        assertThat(results()).containsEntry("auc", auc);
        assertSameBits("on the host", "on the device");
    }

    @Test
    void whereTablesAreMayChangeWhenATrainingIsResumed() throws IOException {
        TrainingConfig whole = training(UpdateRule.Kind.ADAM, Precision.FP32, LossScaling.NONE, STEPS);
        runSimulated(LaneOrder.LOCK_STEP, config(whole, saving("whole", 0, null)));
        TrainingConfig half = training(UpdateRule.Kind.ADAM, Precision.FP32, LossScaling.NONE, 3);
        runSimulated(LaneOrder.LOCK_STEP, config(offloading(half, 0), saving("half", 0, null)));
        runSimulated(LaneOrder.LOCK_STEP, config(offloading(whole, 40_000), saving("resumed", 0, "half")));
        assertSameBits("resumed", "whole");
    }

    /** Slices of columns and of rows in host memory beside copies on every rank's device. */
    @Test
    void ranksOffloadTheirSlicesAndLearnTheSameBits() throws IOException {
        TrainingConfig sliced = training(UpdateRule.Kind.ADAM, Precision.FP32, LossScaling.NONE, 3, SLICED);
        runRanks(2, config(sliced, saving("on devices", 0, null)), Connection.NCCL);
        runRanks(2, config(offloading(sliced, 0), saving("on the host", 0, null)), Connection.NCCL);
        assertThat(((ProgressEvent.RunStarted) events.getFirst()).description()).anyMatch(line -> line.endsWith("; tables in host memory: size, shop"));
        assertSameBits("on the host", "on devices");
    }

    @Test
    void aCheckpointGoesFromOneDeviceToTheOther() throws IOException {
        TrainingConfig half = training(UpdateRule.Kind.SGD, Precision.FP32, LossScaling.NONE, 3);
        runOnCpu(training(Precision.FP32), "cpu");
        runOnCpu(half, "half of the cpu");
        runSimulated(LaneOrder.LOCK_STEP, config(training(Precision.FP32), saving("finished on the gpu", 0, "half of the cpu")));
        compare("finished on the gpu", "cpu", new Tolerance(DataType.FLOAT32, STEPS));
        runSimulated(LaneOrder.LOCK_STEP, config(half, saving("half of the gpu", 0, null)));
        try (Device device = TestModels.device(1)) {
            run(config(training(Precision.FP32), saving("finished on the cpu", 0, "half of the gpu")), device);
        }
        compare("finished on the cpu", "cpu", new Tolerance(DataType.FLOAT32, STEPS));
    }

    @Test
    void stepsThatOverflowAreSkippedAndCounted() throws IOException {
        TrainingConfig absurd = training(UpdateRule.Kind.ADAM, Precision.FP16, new LossScaling(1e30f, false), 2);
        runSimulated(LaneOrder.LOCK_STEP, config(absurd, saving("skipped", 0, null)));
        assertThat(results()).containsEntry("skipped_steps", 2L);
        TrainingConfig none = training(UpdateRule.Kind.ADAM, Precision.FP16, new LossScaling(1e30f, false), 1);
        runSimulated(LaneOrder.LOCK_STEP, config(none, saving("other", 0, null)));
        assertSameBits("skipped", "other");
        assertThat(events).contains(new ProgressEvent.Message("1 steps were skipped because fp16 gradients overflowed, 1 in all; the loss scale is now "
                + Math.round(1e30f)));
    }

    @Test
    void inferenceScoresAsOnTheCpu() {
        RunConfig base = config(training(Precision.FP32), saving("none", 0, null));
        RunConfig inference = new RunConfig(RunConfig.Mode.INFERENCE, base.dataset(), base.model(), base.training(),
                NO_CHECKPOINTS, Map.of());
        try (Device device = TestModels.device(1)) {
            run(inference, device);
        }
        double expected = (double) results().get("auc");
        runSimulated(LaneOrder.LOCK_STEP, inference);
        assertThat(results()).containsEntry("measured_batches", 1);
        double auc = (double) results().get("auc");
        assertThat(new Tolerance(DataType.FLOAT32, 1).accepts(auc, expected, 1)).isTrue();
        runSimulated(LaneOrder.LOCK_STEP, new RunConfig(
                inference.mode(), inference.dataset(), inference.model(), offloading(inference.training(), 0), inference.checkpoint(), Map.of()));
        assertThat(results()).containsEntry("auc", auc);
    }
}
