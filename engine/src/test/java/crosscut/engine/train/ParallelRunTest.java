package crosscut.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import crosscut.engine.TestModels;
import crosscut.engine.UserException;
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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole runs of several ranks, as threads of this JVM, against the same run of one rank. */
class ParallelRunTest {

    private static final int BATCH = 48;
    private static final int STEPS = 50;

    @TempDir
    private Path folder;

    private final StopRequest stop = new StopRequest();

    /** Three tables of unequal size, width and hotness: with four ranks one has none. */
    @BeforeEach
    void writeFeatureSpec() throws IOException {
        Files.writeString(folder.resolve("feature_spec.yaml"), """
                channel_spec:
                  categorical: [color, size, shop]
                  label: [clicked]
                  numerical: [price, age]
                feature_spec:
                  clicked: {dtype: int8}
                  price: {dtype: float16}
                  age: {dtype: float16}
                  color: {alpha: 1.45, cardinality: 9, dtype: int32, hotness: 1}
                  size: {alpha: 1.45, cardinality: 300, dtype: int32, hotness: 1}
                  shop: {alpha: 1.2, cardinality: 4000, dtype: int32, hotness: 3}
                source_spec: null
                """);
    }

    private static TrainingConfig training(UpdateRule.Kind kind, Precision precision, int batch, long maxSteps) {
        return training(kind, precision, batch, maxSteps, PlacementConfig.DEFAULT);
    }

    private static TrainingConfig training(UpdateRule.Kind kind, Precision precision, int batch, long maxSteps, PlacementConfig placement) {
        OptimizerConfig optimizer = new OptimizerConfig(kind, 0.005, 0.9, 0.999, OptimizerConfig.DEFAULT_EPSILON, 3, 1000, 1000);
        return new TrainingConfig(optimizer, precision, batch, 96, 4, maxSteps, 2, 1, 5, true, 8000, false, LossScaling.NONE, placement);
    }

    private static TrainingConfig adam(long maxSteps) {
        return training(UpdateRule.Kind.ADAM, Precision.FP32, BATCH, maxSteps);
    }

    private RunConfig config(RunConfig.Mode mode, TrainingConfig training, CheckpointConfig checkpoint) {
        DatasetConfig dataset = new DatasetConfig(folder, "feature_spec.yaml", DatasetConfig.Type.SYNTHETIC, DatasetConfig.SyntheticLabels.PLANTED,
                BATCH * 14 + 10, 333, "test");
        ModelFlags model = new ModelFlags("4,8,5", List.of(8, 4), List.of(16, 1), 2, 3, true, Pooling.MEAN);
        return new RunConfig(mode, dataset, model, training, checkpoint, Map.of("seed", 5));
    }

    private CheckpointConfig checkpoints(String name, long every, Path restore) {
        return new CheckpointConfig(folder.resolve(name), every, 100, restore, false);
    }

    /** Runs on all ranks and returns the events of rank 0; the others must not report any. */
    private List<ProgressEvent> run(int ranks, RunConfig config) {
        return run(ranks, config, world -> world);
    }

    private List<ProgressEvent> run(int ranks, RunConfig config, UnaryOperator<World> connection) {
        List<List<ProgressEvent>> events = ThreadWorld.run(ranks, world -> {
            List<ProgressEvent> heard = new ArrayList<>();
            try (Device device = TestModels.device(1)) {
                new Run(config, device, connection.apply(world), heard::add, stop).execute();
            }
            return heard;
        });
        assertThat(events.subList(1, ranks)).allSatisfy(heard -> assertThat(heard).isEmpty());
        return events.getFirst();
    }

    private List<ProgressEvent> train(int ranks, String name, TrainingConfig training) {
        return run(ranks, config(RunConfig.Mode.TRAIN, training, checkpoints(name, 0, null)));
    }

    private static <T> List<T> events(List<ProgressEvent> events, Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private Path newest(String name) throws IOException {
        try (Stream<Path> entries = Files.list(folder.resolve(name))) {
            return entries.filter(entry -> entry.getFileName().toString().startsWith("checkpoint-")).max(Path::compareTo).orElseThrow();
        }
    }

    /** The newest checkpoint's tensors by name. */
    private Map<String, float[]> newestTensors(String name) throws IOException {
        return SavedTensors.of(newest(name));
    }

    /** After a step every rounding error has reached every parameter, so the law takes the magnitude of the whole model. */
    private void assertSameWithinTheLaw(String actual, String expected) throws IOException {
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

    private static void assertSameReports(List<ProgressEvent> actual, List<ProgressEvent> expected) {
        List<ProgressEvent.StepReport> steps = events(actual, ProgressEvent.StepReport.class);
        List<ProgressEvent.StepReport> expectedSteps = events(expected, ProgressEvent.StepReport.class);
        assertThat(steps).hasSize(STEPS).hasSameSizeAs(expectedSteps);
        Tolerance law = new Tolerance(DataType.FLOAT32, (long) BATCH * STEPS);
        for (int i = 0; i < STEPS; i++) {
            assertThat(law.accepts(steps.get(i).loss(), expectedSteps.get(i).loss(), 1)).as("loss of step %d", i + 1).isTrue();
        }
        List<ProgressEvent.EvaluationReport> evaluations = events(actual, ProgressEvent.EvaluationReport.class);
        List<ProgressEvent.EvaluationReport> expectedEvaluations = events(expected, ProgressEvent.EvaluationReport.class);
        assertThat(evaluations).hasSameSizeAs(expectedEvaluations).isNotEmpty();
        for (int i = 0; i < evaluations.size(); i++) {
            assertThat(evaluations.get(i).samples()).isEqualTo(333);
            assertThat(evaluations.get(i).loss()).isCloseTo(expectedEvaluations.get(i).loss(), within(1e-5));
            assertThat(evaluations.get(i).auc()).isCloseTo(expectedEvaluations.get(i).auc(), within(1e-3));
        }
    }

    @ParameterizedTest
    @CsvSource({"2, ADAM, 0", "3, ADAM, 0", "4, ADAM, 0", "2, SGD, 0", "4, SGD, 0", "3, SGD, 2400"})
    void severalRanksLearnWhatOneLearns(int ranks, UpdateRule.Kind kind, long rowSlices) throws IOException {
        TrainingConfig training = training(kind, Precision.FP32, BATCH, STEPS, cutByRows(rowSlices));
        List<ProgressEvent> expected = train(1, "one", training);
        List<ProgressEvent> actual = train(ranks, "several", training);
        assertSameReports(actual, expected);
        assertSameWithinTheLaw("several", "one");
        assertThat(events(actual, ProgressEvent.RunFinished.class).getFirst().results()).containsKeys("auc", "validation_loss");
    }

    private static PlacementConfig cutByRows(long elements) {
        return new PlacementConfig(PlacementConfig.Strategy.MEMORY_BALANCED, PlacementConfig.REFERENCE_COLUMN_SLICE_THRESHOLD, elements, 0);
    }

    /** The tables have 9, 300 and 4,000 rows and 4, 8 and 5 columns: 36, 2,400 and 20,000 elements. */
    @ParameterizedTest
    @CsvSource({
        "2, MEMORY_OPTIMIZED, 5000000000, 0,     0",
        "3, BASIC,            5000000000, 0,     0",
        "4, COST_BALANCED,    5000000000, 0,     0",
        "2, MEMORY_BALANCED,  1200,       0,     0",
        "3, MEMORY_BALANCED,  600,        0,     0",
        "4, MEMORY_OPTIMIZED, 10,         0,     0",
        "8, BASIC,            1,          0,     0",
        "8, MEMORY_BALANCED,  1,          0,     36",
        "3, COST_BALANCED,    5000,       0,     2400",
        "2, MEMORY_BALANCED,  5000000000, 0,     36",
        "4, MEMORY_BALANCED,  5000000000, 0,     20000",
        "2, MEMORY_BALANCED,  5000000000, 20000, 0",
        "3, MEMORY_OPTIMIZED, 1200,       20000, 36",
        "4, BASIC,            10,         2400,  0",
        "8, COST_BALANCED,    5000000000, 2400,  36",
        "12, MEMORY_BALANCED, 5000000000, 1,     0",
    })
    void ranksMayShareTheTablesInAnyWay(int ranks, PlacementConfig.Strategy strategy, long columnSlices, long rowSlices, long dataParallel)
            throws IOException {
        PlacementConfig placement = new PlacementConfig(strategy, columnSlices, rowSlices, dataParallel);
        List<ProgressEvent> expected = train(1, "one", adam(STEPS));
        List<ProgressEvent> actual = train(ranks, "several", training(UpdateRule.Kind.ADAM, Precision.FP32, BATCH, STEPS, placement));
        assertSameReports(actual, expected);
        assertSameWithinTheLaw("several", "one");
    }

    /** Who keeps what decides who computes what, not how. */
    @ParameterizedTest
    @CsvSource({"3, 600, 0", "4, 1, 0", "4, 5000000000, 2400", "2, 600, 36"})
    void everyPlacementTrainsTheSameBits(int ranks, long columnSlices, long dataParallel) throws IOException {
        assertSameBits(ranks, new PlacementConfig(PlacementConfig.Strategy.MEMORY_OPTIMIZED, columnSlices, 0, dataParallel));
    }

    /** Of a vector that is one row, one rank sends the row and the others nothing. */
    @ParameterizedTest
    @CsvSource({"2, 20000", "3, 2400", "4, 36"})
    void tablesCutByRowsTrainTheSameBitsWhereSamplesHaveOneId(int ranks, long rowSlices) throws IOException {
        Path spec = folder.resolve("feature_spec.yaml");
        Files.writeString(spec, Files.readString(spec).replace("hotness: 3", "hotness: 1"));
        assertSameBits(ranks, cutByRows(rowSlices));
    }

    private void assertSameBits(int ranks, PlacementConfig placement) throws IOException {
        train(ranks, "default", training(UpdateRule.Kind.ADAM, Precision.BF16, BATCH, STEPS));
        train(ranks, "other", training(UpdateRule.Kind.ADAM, Precision.BF16, BATCH, STEPS, placement));
        Map<String, float[]> expected = newestTensors("default");
        assertThat(newestTensors("other").keySet()).isEqualTo(expected.keySet());
        newestTensors("other").forEach((name, values) -> assertThat(values).as(name).isEqualTo(expected.get(name)));
    }

    @ParameterizedTest
    @CsvSource({
        "4, 600, 0,     36, 3, 10,         0,     0",
        "3, 1,   0,     0,  2, 5000000000, 0,     2400",
        "8, 1,   0,     0,  1, 5000000000, 0,     0",
        "1, 1,   0,     0,  4, 10,         0,     36",
        "4, 10,  0,     0,  3, 700,        0,     0",
        "4, 600, 20000, 36, 3, 10,         2400,  0",
        "3, 10,  2400,  0,  4, 600,        0,     0",
        "4, 10,  0,     0,  3, 5000000000, 36,    0",
        "1, 1,   0,     0,  4, 5000000000, 20000, 0",
        "4, 1,   1,     0,  1, 5000000000, 0,     0",
    })
    void slicesOfOnePlacementAreReadByAnyOther(int before, long columnsBefore, long rowsBefore, long dataParallelBefore,
            int after, long columnsAfter, long rowsAfter, long dataParallelAfter) throws IOException {
        PlacementConfig first = new PlacementConfig(PlacementConfig.Strategy.BASIC, columnsBefore, rowsBefore, dataParallelBefore);
        PlacementConfig second = new PlacementConfig(PlacementConfig.Strategy.MEMORY_BALANCED, columnsAfter, rowsAfter, dataParallelAfter);
        train(1, "whole", adam(STEPS));
        train(before, "parts", training(UpdateRule.Kind.ADAM, Precision.FP32, BATCH, STEPS / 2, first));
        run(after, config(RunConfig.Mode.TRAIN, training(UpdateRule.Kind.ADAM, Precision.FP32, BATCH, STEPS, second),
                checkpoints("parts", 0, folder.resolve("parts"))));
        assertThat(newest("parts").getFileName().toString()).endsWith("-step-" + STEPS);
        assertSameWithinTheLaw("parts", "whole");
    }

    @ParameterizedTest
    @CsvSource({"0, columns-2-4, column 2 of row 0", "2400, rows-75-150, column 0 of row 75"})
    void aMissingSliceIsNamed(long rowSlices, String slice, String missing) throws IOException {
        PlacementConfig slices = new PlacementConfig(PlacementConfig.Strategy.BASIC, 600, rowSlices, 0);
        train(4, "sliced", training(UpdateRule.Kind.ADAM, Precision.FP32, BATCH, 2, slices));
        Path checkpoint = newest("sliced");
        Path manifest = checkpoint.resolve("manifest.json");
        Files.writeString(manifest, Files.readString(manifest).replace("table-0001." + slice, "table-0009." + slice));
        Files.move(checkpoint.resolve("table-0001." + slice + ".safetensors"), checkpoint.resolve("table-0009." + slice + ".safetensors"));
        assertThatThrownBy(() -> run(1, config(RunConfig.Mode.TRAIN, adam(4), checkpoints("again", 0, checkpoint)))).isInstanceOf(UserException.class)
                .hasMessageContaining("does not hold " + missing + " of embedding table 1");
    }

    @ParameterizedTest
    @CsvSource({"2, 0", "3, 0", "3, 2400"})
    void theSameRunTwiceHasTheSameBits(int ranks, long rowSlices) throws IOException {
        TrainingConfig training = training(UpdateRule.Kind.ADAM, Precision.BF16, BATCH, STEPS, cutByRows(rowSlices));
        List<ProgressEvent> first = train(ranks, "first", training);
        List<ProgressEvent> second = train(ranks, "second", training);
        Map<String, float[]> expected = newestTensors("first");
        newestTensors("second").forEach((name, values) -> assertThat(values).isEqualTo(expected.get(name)));
        assertThat(events(second, ProgressEvent.StepReport.class)).extracting(ProgressEvent.StepReport::loss)
                .isEqualTo(events(first, ProgressEvent.StepReport.class).stream().map(ProgressEvent.StepReport::loss).toList());
    }

    @ParameterizedTest
    @CsvSource({"2, 5000000000, 0, 0", "3, 500, 0, 50", "4, 200, 0, 0", "3, 200, 20000, 50"})
    void exchangesBesideTheStepGiveTheSameBits(int ranks, long columnSlices, long rowSlices, long dataParallel) throws IOException {
        PlacementConfig placement = new PlacementConfig(PlacementConfig.Strategy.MEMORY_BALANCED, columnSlices, rowSlices, dataParallel);
        TrainingConfig training = training(UpdateRule.Kind.ADAM, Precision.FP32, BATCH, STEPS, placement);
        train(ranks, "in turn", training);
        run(ranks, config(RunConfig.Mode.TRAIN, training, checkpoints("beside", 0, null)), ThreadWorld::overlapping);
        Map<String, float[]> expected = newestTensors("in turn");
        Map<String, float[]> actual = newestTensors("beside");
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        actual.forEach((name, values) -> assertThat(values).as(name).isEqualTo(expected.get(name)));
    }

    @ParameterizedTest
    @CsvSource({"2, 3", "1, 2", "4, 1"})
    void anyNumberOfRanksResumesWhatAnyOtherSaved(int before, int after) throws IOException {
        train(before, "whole", adam(STEPS));
        train(before, "parts", adam(STEPS / 2));
        run(after, config(RunConfig.Mode.TRAIN, adam(STEPS), checkpoints("parts", 0, folder.resolve("parts"))));
        assertThat(newest("parts").getFileName().toString()).endsWith("-step-" + STEPS);
        assertSameWithinTheLaw("parts", "whole");
    }

    @Test
    void aRequestToOneRankStopsAllAtOneStepWithACheckpoint() throws IOException {
        assertAllStop(config(RunConfig.Mode.TRAIN, adam(STEPS), checkpoints("stopped", 0, null)));
        assertThat(newest("stopped").getFileName().toString()).endsWith("-step-0");
    }

    @Test
    void aRequestToOneRankEndsTheEvaluationOfAll() {
        train(1, "saved", adam(STEPS));
        assertAllStop(config(RunConfig.Mode.EVAL, adam(-1), new CheckpointConfig(null, 0, 1, folder.resolve("saved"), false)));
    }

    private void assertAllStop(RunConfig config) {
        Set<Integer> unfinished = ConcurrentHashMap.newKeySet();
        ThreadWorld.run(3, world -> {
            StopRequest own = new StopRequest();
            if (world.rank() == 2) {
                own.request();
            }
            try (Device device = TestModels.device(1)) {
                if (!new Run(config, device, world, _ -> {}, own).execute()) {
                    unfinished.add(world.rank());
                }
            }
            return null;
        });
        assertThat(unfinished).containsExactlyInAnyOrder(0, 1, 2);
    }

    @Test
    void anEvaluationUsesAllRanks() {
        train(1, "saved", adam(STEPS));
        RunConfig evaluation = config(RunConfig.Mode.EVAL, adam(-1), new CheckpointConfig(null, 0, 1, folder.resolve("saved"), false));
        Map<String, Object> expected = events(run(1, evaluation), ProgressEvent.RunFinished.class).getFirst().results();
        Map<String, Object> actual = events(run(4, evaluation), ProgressEvent.RunFinished.class).getFirst().results();
        assertThat(actual.get("samples")).isEqualTo(333L);
        assertThat((double) actual.get("auc")).isCloseTo((double) expected.get("auc"), within(1e-4));
        assertThat((double) actual.get("test_loss")).isCloseTo((double) expected.get("test_loss"), within(1e-6));
    }

    @Test
    void whatSeveralRanksCannotDoIsSaid() {
        assertThatThrownBy(() -> train(3, "never", training(UpdateRule.Kind.ADAM, Precision.FP32, 64, STEPS))).isInstanceOf(UserException.class)
                .hasMessageContaining("--batch_size 64 cannot be divided evenly among 3 ranks: use 63");
        RunConfig inference = config(RunConfig.Mode.INFERENCE, adam(20), new CheckpointConfig(null, 0, 1, null, false));
        assertThatThrownBy(() -> run(2, inference)).isInstanceOf(UserException.class)
                .hasMessageContaining("--mode inference measures the latency of one process");
    }
}
