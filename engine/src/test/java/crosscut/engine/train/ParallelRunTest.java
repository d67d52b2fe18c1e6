package crosscut.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import crosscut.engine.TestModels;
import crosscut.engine.UserException;
import crosscut.engine.config.CheckpointConfig;
import crosscut.engine.config.PlacementConfig;
import crosscut.engine.config.Precision;
import crosscut.engine.config.RunConfig;
import crosscut.engine.config.TrainingConfig;
import crosscut.engine.parallel.ThreadWorld;
import crosscut.engine.progress.ProgressEvent;
import crosscut.kernels.device.Device;
import crosscut.kernels.optimizer.UpdateRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs of several ranks against the same run of one rank. */
class ParallelRunTest extends ParallelRuns {

    @ParameterizedTest
    @CsvSource({"2, ADAM, 0, false", "3, ADAM, 0, true", "4, ADAM, 0, false", "2, SGD, 0, true", "4, SGD, 0, true", "3, SGD, 2400, false"})
    void severalRanksLearnWhatOneLearns(int ranks, UpdateRule.Kind kind, long rowSlices, boolean dataParallelInput) throws IOException {
        TrainingConfig training = training(kind, Precision.FP32, BATCH, STEPS, cutByRows(rowSlices).withDataParallelInput(dataParallelInput));
        List<ProgressEvent> expected = train(1, "one", training);
        List<ProgressEvent> actual = train(ranks, "several", training);
        assertSameReports(actual, expected);
        assertSameWithinTheLaw("several", "one");
        assertThat(events(actual, ProgressEvent.RunFinished.class).getFirst().results()).containsKeys("auc", "validation_loss");
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
        assertSameBits(ranks, PlacementConfig.DEFAULT, new PlacementConfig(PlacementConfig.Strategy.MEMORY_OPTIMIZED, columnSlices, 0, dataParallel));
    }

    /**
     * Whole tables, slices of columns and of rows, copies, all of them together, and a rank without a table; of the last evaluation batch, the 45 samples after
     * 288, higher ranks have none.
     */
    @ParameterizedTest
    @CsvSource({"2, 5000000000, 0, 0", "4, 5000000000, 0, 0", "3, 600, 0, 0", "3, 5000000000, 2400, 0", "4, 1200, 20000, 36", "2, 5000000000, 0, 20000"})
    void whoReadsTheIdsDoesNotMatterToABit(int ranks, long columnSlices, long rowSlices, long dataParallel) throws IOException {
        PlacementConfig placement = new PlacementConfig(PlacementConfig.Strategy.MEMORY_BALANCED, columnSlices, rowSlices, dataParallel);
        List<ProgressEvent> owners = assertSameBits(ranks, placement, placement.withDataParallelInput(true));
        assertThat(events(owners, ProgressEvent.RunStarted.class).getFirst().description()).anyMatch(line -> line.endsWith("(model-parallel input)"));
    }

    /** Of a vector that is one row, one rank sends the row and the others nothing. */
    @ParameterizedTest
    @CsvSource({"2, 20000", "3, 2400", "4, 36"})
    void tablesCutByRowsTrainTheSameBitsWhereSamplesHaveOneId(int ranks, long rowSlices) throws IOException {
        Path spec = folder.resolve("feature_spec.yaml");
        Files.writeString(spec, Files.readString(spec).replace("hotness: 3", "hotness: 1"));
        assertSameBits(ranks, PlacementConfig.DEFAULT, cutByRows(rowSlices));
    }

    /** Returns the events of the first run. */
    private List<ProgressEvent> assertSameBits(int ranks, PlacementConfig one, PlacementConfig other) throws IOException {
        List<ProgressEvent> expected = train(ranks, "one", training(UpdateRule.Kind.ADAM, Precision.BF16, BATCH, STEPS, one));
        List<ProgressEvent> actual = train(ranks, "other", training(UpdateRule.Kind.ADAM, Precision.BF16, BATCH, STEPS, other));
        Map<String, float[]> expectedTensors = newestTensors("one");
        assertThat(newestTensors("other").keySet()).isEqualTo(expectedTensors.keySet());
        newestTensors("other").forEach((name, values) -> assertThat(values).as(name).isEqualTo(expectedTensors.get(name)));
        assertThat(losses(actual)).isEqualTo(losses(expected));
        assertThat(areas(actual)).isEqualTo(areas(expected)).isNotEmpty();
        return expected;
    }

    private static List<Double> losses(List<ProgressEvent> events) {
        return events(events, ProgressEvent.StepReport.class).stream().map(ProgressEvent.StepReport::loss).toList();
    }

    private static List<Double> areas(List<ProgressEvent> events) {
        return events(events, ProgressEvent.EvaluationReport.class).stream().map(ProgressEvent.EvaluationReport::auc).toList();
    }

    @ParameterizedTest
    @CsvSource({"2, 0", "3, 0", "3, 2400"})
    void theSameRunTwiceHasTheSameBits(int ranks, long rowSlices) throws IOException {
        TrainingConfig training = training(UpdateRule.Kind.ADAM, Precision.BF16, BATCH, STEPS, cutByRows(rowSlices));
        List<ProgressEvent> first = train(ranks, "first", training);
        List<ProgressEvent> second = train(ranks, "second", training);
        Map<String, float[]> expected = newestTensors("first");
        newestTensors("second").forEach((name, values) -> assertThat(values).isEqualTo(expected.get(name)));
        assertThat(losses(second)).isEqualTo(losses(first));
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
