package crosscut.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import crosscut.engine.TestModels;
import crosscut.engine.config.LossScaling;
import crosscut.engine.checkpoint.SavedTensors;
import crosscut.engine.config.CheckpointConfig;
import crosscut.engine.config.DatasetConfig;
import crosscut.engine.config.ModelFlags;
import crosscut.engine.config.OptimizerConfig;
import crosscut.engine.config.PlacementConfig;
import crosscut.engine.config.Precision;
import crosscut.engine.config.RunConfig;
import crosscut.engine.config.TrainingConfig;
import crosscut.engine.parallel.ThreadWorld;
import crosscut.engine.parallel.World;
import crosscut.engine.progress.ProgressEvent;
import crosscut.kernels.Tolerance;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.embedding.Pooling;
import crosscut.kernels.optimizer.UpdateRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs of several ranks, as threads of this JVM, on one data set and model. */
abstract class ParallelRuns {

    static final int BATCH = 48;
    static final int STEPS = 50;

    @TempDir
    Path folder;

    final StopRequest stop = new StopRequest();

    /** With four ranks one has no table. */
    @BeforeEach
    void writeFeatureSpec() throws IOException {
        TestModels.writeFeatureSpec(folder);
    }

    static TrainingConfig training(UpdateRule.Kind kind, Precision precision, int batch, long maxSteps) {
        return training(kind, precision, batch, maxSteps, PlacementConfig.DEFAULT);
    }

    static TrainingConfig training(UpdateRule.Kind kind, Precision precision, int batch, long maxSteps, PlacementConfig placement) {
        OptimizerConfig optimizer = new OptimizerConfig(kind, 0.005, 0.9, 0.999, OptimizerConfig.DEFAULT_EPSILON, 3, 1000, 1000);
        return new TrainingConfig(optimizer, precision, batch, 96, 4, maxSteps, 2, 1, 5, true, 8000, false, LossScaling.NONE, placement);
    }

    static TrainingConfig adam(long maxSteps) {
        return training(UpdateRule.Kind.ADAM, Precision.FP32, BATCH, maxSteps);
    }

    RunConfig config(RunConfig.Mode mode, TrainingConfig training, CheckpointConfig checkpoint) {
        DatasetConfig dataset = new DatasetConfig(folder, "feature_spec.yaml", DatasetConfig.Type.SYNTHETIC, DatasetConfig.SyntheticLabels.PLANTED,
                BATCH * 14 + 10, 333, "test");
        ModelFlags model = new ModelFlags("4,8,5", List.of(8, 4), List.of(16, 1), 2, 3, true, Pooling.MEAN);
        return new RunConfig(mode, dataset, model, training, checkpoint, Map.of("seed", 5));
    }

    CheckpointConfig checkpoints(String name, long every, Path restore) {
        return new CheckpointConfig(folder.resolve(name), every, 100, restore, false);
    }

    /** Runs on all ranks and returns the events of rank 0; the others must not report any. */
    List<ProgressEvent> run(int ranks, RunConfig config) {
        return run(ranks, config, world -> world);
    }

    List<ProgressEvent> run(int ranks, RunConfig config, UnaryOperator<World> connection) {
        return run(ranks, _ -> config, connection);
    }

    /** Ranks that differ in what they are told. */
    List<ProgressEvent> run(int ranks, IntFunction<RunConfig> configs) {
        return run(ranks, configs, world -> world);
    }

    private List<ProgressEvent> run(int ranks, IntFunction<RunConfig> configs, UnaryOperator<World> connection) {
        List<List<ProgressEvent>> events = ThreadWorld.run(ranks, world -> {
            List<ProgressEvent> heard = new ArrayList<>();
            try (Device device = openDevice()) {
                new Run(configs.apply(world.rank()), device, connection.apply(world), heard::add, stop).execute();
            }
            return heard;
        });
        assertThat(events.subList(1, ranks)).allSatisfy(heard -> assertThat(heard).isEmpty());
        return events.getFirst();
    }

    /** What a rank runs on. */
    Device openDevice() {
        return TestModels.device(1);
    }

    List<ProgressEvent> train(int ranks, String name, TrainingConfig training) {
        return run(ranks, config(RunConfig.Mode.TRAIN, training, checkpoints(name, 0, null)));
    }

    static <T> List<T> events(List<ProgressEvent> events, Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    Path newest(String name) throws IOException {
        try (Stream<Path> entries = Files.list(folder.resolve(name))) {
            return entries.filter(entry -> entry.getFileName().toString().startsWith("checkpoint-")).max(Path::compareTo).orElseThrow();
        }
    }

    /** The newest checkpoint's tensors by name. */
    Map<String, float[]> newestTensors(String name) throws IOException {
        return SavedTensors.of(newest(name));
    }

    /** After a step every rounding error has reached every parameter, so the law takes the magnitude of the whole model. */
    void assertSameWithinTheLaw(String actual, String expected) throws IOException {
        Map<String, float[]> expectedTensors = newestTensors(expected);
        Map<String, float[]> actualTensors = newestTensors(actual);
        assertThat(actualTensors.keySet()).isEqualTo(expectedTensors.keySet());
        Tolerance law = new Tolerance(DataType.FLOAT32, (long) BATCH * STEPS);
        double magnitude = 0;
        for (float[] values : expectedTensors.values()) {
            for (float value : values) {
                magnitude = Math.max(magnitude, Math.abs(value));
            }
        }
        for (Map.Entry<String, float[]> tensor : expectedTensors.entrySet()) {
            float[] values = actualTensors.get(tensor.getKey());
            for (int i = 0; i < values.length; i++) {
                assertThat(law.accepts(values[i], tensor.getValue()[i], magnitude))
                        .as("%s[%d] is %s, expected %s within %s", tensor.getKey(), i, values[i], tensor.getValue()[i], law.allowed(magnitude)).isTrue();
            }
        }
    }

    static void assertSameReports(List<ProgressEvent> actual, List<ProgressEvent> expected) {
        List<ProgressEvent.StepReport> steps = events(actual, ProgressEvent.StepReport.class);
        List<ProgressEvent.StepReport> expectedSteps = events(expected, ProgressEvent.StepReport.class);
        assertThat(steps).hasSize(STEPS).hasSameSizeAs(expectedSteps);
        Tolerance law = new Tolerance(DataType.FLOAT32, (long) BATCH * STEPS);
        for (int i = 0; i < STEPS; i++) {
            assertThat(law.accepts(steps.get(i).loss(), expectedSteps.get(i).loss(), 1)).as("loss of step %d", i + 1).isTrue();
        }
        List<ProgressEvent.EvaluationReport> evaluations = events(actual, ProgressEvent.EvaluationReport.class);
        List<ProgressEvent.EvaluationReport> expectedEvaluations = events(expected, ProgressEvent.EvaluationReport.class);
        assertSameEvaluations(evaluations, expectedEvaluations);
    }

    static void assertSameEvaluations(List<ProgressEvent.EvaluationReport> evaluations, List<ProgressEvent.EvaluationReport> expected) {
        assertThat(evaluations).hasSameSizeAs(expected).isNotEmpty();
        for (int i = 0; i < evaluations.size(); i++) {
            assertThat(evaluations.get(i).samples()).isEqualTo(333);
            assertThat(evaluations.get(i).loss()).isCloseTo(expected.get(i).loss(), within(1e-5));
            assertThat(evaluations.get(i).auc()).isCloseTo(expected.get(i).auc(), within(1e-3));
        }
    }

    /** Tables whole, but those of at least so many elements, 0 for none, in slices of rows. */
    static PlacementConfig cutByRows(long elements) {
        return new PlacementConfig(PlacementConfig.Strategy.MEMORY_BALANCED, PlacementConfig.REFERENCE_COLUMN_SLICE_THRESHOLD, elements, 0);
    }
}
