package crosscut.engine.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.engine.SimulatedGpu;
import crosscut.engine.TestModels;
import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.TrainingConfig;
import crosscut.engine.cost.DistinctRows;
import crosscut.engine.cost.OperationCost;
import crosscut.engine.cost.StepCosts;
import crosscut.engine.model.ModelParameters;
import crosscut.engine.train.Trainer;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.batch.RawBatchLayout.CategoricalColumn;
import crosscut.kernels.device.CpuWorkingMemory;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.TimedEvent;
import crosscut.kernels.device.WorkingMemory;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepProfilerTest {

    private static final int BATCH = 24;
    private static final int STEPS = StepProfiler.WARMUP_STEPS + 4;
    private static final ModelConfig MODEL = TestModels.small();
    private static final TrainingConfig TRAINING = TestModels.training(BATCH, STEPS);
    private static final RawBatchLayout LAYOUT = new RawBatchLayout(BATCH, MODEL.numericalFeatures(), DataType.FLOAT32,
            MODEL.tables().stream().map(table -> new CategoricalColumn(table.name(), table.cardinality(), DataType.INT8, 1)).toList());

    private static List<Double> losses(Device device, StepWatch watch, int steps) {
        List<Double> losses = new ArrayList<>();
        try (ModelParameters parameters = ModelParameters.allocate(device, MODEL, TRAINING.precision(), TRAINING.optimizer());
                RawBatch batch = new RawBatch(device, LAYOUT);
                Trainer trainer = new Trainer(device, parameters, TRAINING, LAYOUT, 0)) {
            parameters.initialize(1, false);
            fill(batch);
            for (int step = 0; step < steps; step++) {
                watch.beforeStep();
                trainer.step(batch);
                watch.afterStep(batch);
                losses.add(trainer.loss());
            }
        }
        return losses;
    }

    /** Ids 0 to 4 of every table. */
    private static void fill(RawBatch batch) {
        for (int sample = 0; sample < BATCH; sample++) {
            batch.labels().set(ValueLayout.JAVA_BYTE, sample, (byte) (sample % 2));
            for (int column = 0; column < MODEL.numericalFeatures(); column++) {
                batch.numerical().setAtIndex(ValueLayout.JAVA_FLOAT, (long) sample * MODEL.numericalFeatures() + column, sample * .1f - column);
            }
            for (int table = 0; table < MODEL.tables().size(); table++) {
                batch.categorical(table).set(ValueLayout.JAVA_BYTE, sample, (byte) (sample * (table + 1) % 5));
            }
        }
        batch.describe(BATCH, 0);
    }

    @Test
    void measuresEveryLaunchOfAStepAndChangesNoResult() {
        List<Double> plain;
        try (Device device = TestModels.device(1)) {
            plain = losses(device, StepWatch.NONE, STEPS);
        }
        StepProfiler profiler = StepProfiler.around(TestModels.device(1), DataType.FLOAT32);
        try (Device device = profiler.device()) {
            assertThat(losses(device, profiler, STEPS)).isEqualTo(plain);
            StepProfile profile = profiler.profile();
            assertThat(profile.steps()).isEqualTo(STEPS - StepProfiler.WARMUP_STEPS);
            assertThat(names(profile)).isEqualTo(countedNames(new CpuWorkingMemory(1)));
            assertThat(profile.rows()).allSatisfy(row -> {
                assertThat(row.launches()).isEqualTo(1);
                assertThat(row.seconds()).isPositive();
            });
            assertThat(profile.rows().stream().mapToDouble(StepProfile.Row::seconds).sum()).isLessThanOrEqualTo(profile.stepSeconds());
            assertThat(profile.ceilings().copyBytes()).isGreaterThan(1e7);
            assertThat(profile.ceilings().productOperations()).isGreaterThan(1e7);
        }
    }

    /** Preparation on its stream, its copy and the step on theirs: each is measured once per step. */
    @Test
    void measuresWhatAGpuDoesBesideTheStepToo() {
        try (SimulatedGpu gpu = new SimulatedGpu()) {
            StepProfiler profiler = StepProfiler.around(gpu.device(), DataType.FLOAT32);
            losses(profiler.device(), profiler, STEPS);
            StepProfile profile = profiler.profile();
            assertThat(names(profile)).anyMatch(name -> name.startsWith(": BatchOperations.copy ")).isEqualTo(countedNames(gpu.device().workingMemory()));
            assertThat(profile.rows()).allSatisfy(row -> assertThat(row.launches()).isEqualTo(1));
        }
    }

    private static List<String> names(StepProfile profile) {
        return profile.rows().stream().map(row -> row.cost().layer() + ": " + row.cost().name()).toList();
    }

    private static List<String> countedNames(WorkingMemory working) {
        return StepCosts.of(MODEL, TRAINING, LAYOUT, DistinctRows.MOST, working).launches().stream().map(cost -> cost.layer() + ": " + cost.name()).toList();
    }

    @Test
    void countsTheRowsThatTheBatchTouches() {
        try (Device device = TestModels.device(1)) {
            assertCountsTheRowsThatTheBatchTouches(device);
        }
        try (SimulatedGpu gpu = new SimulatedGpu()) {
            assertCountsTheRowsThatTheBatchTouches(gpu.device());
        }
    }

    private static void assertCountsTheRowsThatTheBatchTouches(Device device) {
        StepProfiler profiler = StepProfiler.around(device, DataType.FLOAT32);
        losses(profiler.device(), profiler, STEPS);
        OperationCost gather = profiler.profile().rows().stream().map(StepProfile.Row::cost)
                .filter(cost -> cost.name().startsWith("EmbeddingOperations.gather")).findFirst().orElseThrow();
        int width = MODEL.tables().stream().mapToInt(table -> table.dimension()).sum();
        assertThat(gather.bytes()).as("ids, five rows of each table, x0").isEqualTo(Integer.BYTES * 3 * BATCH + Float.BYTES * (5 + BATCH) * width);
    }

    @Test
    void holdsTimesAgainstTheCeilingThatBinds() {
        DeviceCeilings ceilings = new DeviceCeilings(100e9, 1000e9);
        StepProfile profile = new StepProfile(List.of(new StepProfile.Row(new OperationCost("", "product", true, 1e9, 1e6, 0), 1, 2e-3, 0),
                new StepProfile.Row(new OperationCost("", "thin product", true, 1e6, 1e8, 0), 1, 2e-3, 0),
                new StepProfile.Row(new OperationCost("", "copy", false, 0, 1e8, 0), 2, 4e-3, 7)), 16e-3, 10, 32, ceilings);
        List<String> lines = profile.lines();
        assertThat(lines.get(2)).containsSubsequence("1.0", "2000.0", "12.5%", "500.0 GF/s", "50%", "product");
        assertThat(lines.get(3)).containsSubsequence("50.0 GB/s", "50%", "thin product");
        assertThat(lines.get(4)).containsSubsequence("2.0", "4000.0", "50.0%", "25.0 GB/s", "25%", "7", "copy");
        assertThat(lines.get(5)).contains("step 16.000 ms, 2000 samples/s", "ops 12.000 ms, of which products 4.000 ms at 250 GFLOP/s (25% of");
        assertThat(lines.get(6)).contains("bound 4.000 ms", "reach 33% of it, the step 25%");
    }

    @Test
    void saysWhenNothingWasMeasured() {
        StepProfiler profiler = StepProfiler.around(TestModels.device(1), DataType.FLOAT32);
        try (Device device = profiler.device()) {
            losses(device, profiler, StepProfiler.WARMUP_STEPS);
            assertThat(profiler.profile().lines()).singleElement().asString().contains("no step was measured", "--max_steps");
        }
    }

    @Test
    void anEventKnowsTheTimeSinceAnother() {
        try (Device device = TestModels.device(1); Stream stream = device.createStream("test"); TimedEvent earlier = device.createTimedEvent();
                TimedEvent later = device.createTimedEvent()) {
            assertThatThrownBy(() -> later.secondsSince(earlier)).isInstanceOf(IllegalStateException.class).hasMessageContaining("never recorded");
            earlier.record(stream);
            later.record(stream);
            assertThat(later.secondsSince(earlier)).isBetween(0., 60.);
            assertThat(earlier.secondsSince(later)).isEqualTo(-later.secondsSince(earlier));
            assertThat(later.isDone()).isTrue();
        }
    }
}
