package crosscut.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import crosscut.engine.TestModels;
import crosscut.engine.UserException;
import crosscut.engine.config.LossScaling;
import crosscut.engine.config.CheckpointConfig;
import crosscut.engine.config.DatasetConfig;
import crosscut.engine.config.ModelFlags;
import crosscut.engine.config.OptimizerConfig;
import crosscut.engine.config.PlacementConfig;
import crosscut.engine.config.Precision;
import crosscut.engine.config.RunConfig;
import crosscut.engine.config.TrainingConfig;
import crosscut.engine.progress.ProgressEvent;
import crosscut.kernels.device.CpuDevice;
import crosscut.kernels.device.Device;
import crosscut.kernels.embedding.Pooling;
import crosscut.kernels.gemm.CpuMatrixProducts;
import crosscut.kernels.gemm.MatrixLibrary;
import crosscut.kernels.optimizer.UpdateRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole runs on synthetic data: what they report, and that interrupted and resumed ones end with the same bits as uninterrupted ones. */
class RunTest {

    private static final int TRAIN_SAMPLES = 64 * 25 + 10;
    private static final int TEST_SAMPLES = 333;

    @TempDir
    private Path folder;

    private final List<ProgressEvent> events = new ArrayList<>();
    private final StopRequest stop = new StopRequest();

    @BeforeEach
    void writeFeatureSpec() throws IOException {
        TestModels.writeFeatureSpec(folder);
    }

    private static TrainingConfig training(int epochs, long maxSteps, boolean shuffle) {
        return training(64, 100, epochs, maxSteps, shuffle);
    }

    private static TrainingConfig training(int batchSize, int validBatchSize, int epochs, long maxSteps, boolean shuffle) {
        OptimizerConfig optimizer = new OptimizerConfig(UpdateRule.Kind.ADAM, 0.005, 0.9, 0.999, OptimizerConfig.DEFAULT_EPSILON, 3, 1000, 1000);
        return new TrainingConfig(optimizer, Precision.FP32, batchSize, validBatchSize, epochs, maxSteps, 2, 7, 5, shuffle, 8000, false, LossScaling.NONE,
                PlacementConfig.DEFAULT);
    }

    private RunConfig config(RunConfig.Mode mode, TrainingConfig training, CheckpointConfig checkpoint) {
        return config(mode, training, checkpoint, List.of(16, 1));
    }

    private RunConfig config(RunConfig.Mode mode, TrainingConfig training, CheckpointConfig checkpoint, List<Integer> topMlp) {
        DatasetConfig dataset = new DatasetConfig(folder, "feature_spec.yaml", DatasetConfig.Type.SYNTHETIC, DatasetConfig.SyntheticLabels.PLANTED,
                TRAIN_SAMPLES, TEST_SAMPLES, "test");
        ModelFlags model = new ModelFlags("4,8,5", List.of(8, 4), topMlp, 2, 3, true, Pooling.MEAN);
        return new RunConfig(mode, dataset, model, training, checkpoint, Map.of("seed", 5));
    }

    private CheckpointConfig checkpoints(String name, long every, Path restore) {
        return new CheckpointConfig(folder.resolve(name), every, 100, restore, false);
    }

    private boolean run(RunConfig config, int threads) {
        events.clear();
        try (Device device = CpuDevice.open(threads, pool -> CpuMatrixProducts.open(pool, MatrixLibrary.AUTO))) {
            return new Run(config, device, this::record, stop).execute();
        }
    }

    private void record(ProgressEvent event) {
        events.add(event);
        if (event instanceof ProgressEvent.CheckpointWritten written && written.step() == stopAtStep) {
            stop.request();
        }
    }

    private long stopAtStep = -1;

    private <T> List<T> events(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    /** All bytes of the newest checkpoint's tensor files. */
    private List<byte[]> newestTensors(String name) throws IOException {
        try (Stream<Path> entries = Files.list(folder.resolve(name))) {
            Path newest = entries.filter(entry -> entry.getFileName().toString().startsWith("checkpoint-")).max(Path::compareTo).orElseThrow();
            List<byte[]> contents = new ArrayList<>();
            try (Stream<Path> files = Files.list(newest)) {
                for (Path file : files.filter(path -> path.toString().endsWith(".safetensors")).sorted().toList()) {
                    contents.add(Files.readAllBytes(file));
                }
            }
            return contents;
        }
    }

    @Test
    void aTrainingReportsStepsEvaluationsAndResults() {
        assertThat(run(config(RunConfig.Mode.TRAIN, training(2, -1, false), new CheckpointConfig(null, 0, 1, null, false)), 2)).isTrue();
        List<ProgressEvent.StepReport> steps = events(ProgressEvent.StepReport.class);
        assertThat(steps).extracting(ProgressEvent.StepReport::step).contains(7L, 14L, 21L, 28L, 35L, 42L, 49L, 50L);
        assertThat(steps).allSatisfy(report -> assertThat(report.totalSteps()).isEqualTo(50));
        List<ProgressEvent.EvaluationReport> evaluations = events(ProgressEvent.EvaluationReport.class);
        assertThat(evaluations).extracting(ProgressEvent.EvaluationReport::step).containsExactly(13L, 25L, 38L, 50L);
        assertThat(evaluations).allSatisfy(report -> assertThat(report.samples()).isEqualTo(TEST_SAMPLES));
        Map<String, Object> results = events(ProgressEvent.RunFinished.class).getFirst().results();
        assertThat(results).containsKeys("auc", "validation_loss", "throughput", "mean_step_time_ms");
        assertThat((double) results.get("data_wait_share")).isBetween(0.0, 1.0);
        assertThat((long) results.get("peak_memory_bytes")).isGreaterThan((long) results.get("mapped_files_bytes")).isPositive();
        assertThat((long) results.get("planned_memory_bytes")).isPositive();
        double best = evaluations.stream().mapToDouble(ProgressEvent.EvaluationReport::auc).max().orElseThrow();
        assertThat(results.get("auc")).isEqualTo(best);
    }

    @Test
    void maxStepsIsExactAndStillEvaluated() {
        run(config(RunConfig.Mode.TRAIN, training(2, 30, false), new CheckpointConfig(null, 0, 1, null, false)), 1);
        assertThat(events(ProgressEvent.StepReport.class).getLast().step()).isEqualTo(30);
        assertThat(events(ProgressEvent.EvaluationReport.class)).extracting(ProgressEvent.EvaluationReport::step).containsExactly(13L, 25L, 30L);
    }

    @Test
    void theSameSeedGivesTheSameBitsForAnyNumberOfThreads() throws IOException {
        run(config(RunConfig.Mode.TRAIN, training(1, -1, true), checkpoints("one", 0, null)), 1);
        run(config(RunConfig.Mode.TRAIN, training(1, -1, true), checkpoints("three", 0, null)), 3);
        assertSameTensors("one", "three");
    }

    private void assertSameTensors(String one, String other) throws IOException {
        List<byte[]> expected = newestTensors(one);
        List<byte[]> actual = newestTensors(other);
        assertThat(actual).hasSameSizeAs(expected);
        for (int i = 0; i < expected.size(); i++) {
            assertThat(actual.get(i)).isEqualTo(expected.get(i));
        }
    }

    @Test
    void stoppedAndResumedEqualsUninterrupted() throws IOException {
        run(config(RunConfig.Mode.TRAIN, training(2, -1, true), checkpoints("whole", 10, null)), 2);
        Object wholeBest = events(ProgressEvent.RunFinished.class).getFirst().results().get("auc");
        stopAtStep = 30;
        assertThat(run(config(RunConfig.Mode.TRAIN, training(2, -1, true), checkpoints("parts", 10, null)), 2)).isFalse();
        assertThat(events.getLast()).isEqualTo(new ProgressEvent.Message("stopped after step 31 of 50, as asked"));
        StopRequest fresh = new StopRequest();
        events.clear();
        try (Device device = TestModels.device(1)) {
            assertThat(new Run(config(RunConfig.Mode.TRAIN, training(2, -1, true), checkpoints("parts", 10, folder.resolve("parts"))), device, events::add, fresh)
                    .execute()).isTrue();
        }
        assertSameTensors("whole", "parts");
        assertThat(events(ProgressEvent.RunFinished.class).getFirst().results().get("auc")).isEqualTo(wholeBest);
    }

    @Test
    void anEvaluationOfTheCheckpointFindsTheSameAuc() {
        run(config(RunConfig.Mode.TRAIN, training(1, -1, false), checkpoints("saved", 0, null)), 2);
        ProgressEvent.EvaluationReport last = events(ProgressEvent.EvaluationReport.class).getLast();
        run(config(RunConfig.Mode.EVAL, training(1, -1, false), new CheckpointConfig(null, 0, 1, folder.resolve("saved"), false)), 2);
        Map<String, Object> results = events(ProgressEvent.RunFinished.class).getFirst().results();
        assertThat(results.get("auc")).isEqualTo(last.auc());
        assertThat(results.get("test_loss")).isEqualTo(last.loss());
        assertThat((double) results.get("auc_8000_thresholds")).isCloseTo(last.auc(), within(1e-3));
    }

    /** Model flags need not be repeated, but who gives other ones is told what counts. */
    @Test
    void anEvaluationSaysWhereTheModelIsNotThatOfTheFlags() {
        run(config(RunConfig.Mode.TRAIN, training(1, 2, false), checkpoints("saved", 0, null)), 1);
        CheckpointConfig saved = new CheckpointConfig(null, 0, 1, folder.resolve("saved"), false);
        run(config(RunConfig.Mode.EVAL, training(1, -1, false), saved), 1);
        assertThat(events(ProgressEvent.Message.class)).extracting(ProgressEvent.Message::text).noneMatch(text -> text.startsWith("the model is that of"));
        run(config(RunConfig.Mode.EVAL, training(1, -1, false), saved, List.of(12, 1)), 1);
        assertThat(events(ProgressEvent.Message.class)).extracting(ProgressEvent.Message::text).contains("the model is that of "
                + folder.resolve("saved/checkpoint-000001-step-2") + " and not that of the flags: --top_mlp_dims was [16, 1] and is now [12, 1]");
    }

    @Test
    void anInferenceBenchmarkStatesItsWarmUp() {
        run(config(RunConfig.Mode.INFERENCE, training(1, 30, false), new CheckpointConfig(null, 0, 1, null, false)), 1);
        Map<String, Object> results = events(ProgressEvent.RunFinished.class).getFirst().results();
        assertThat(results).containsEntry("measured_batches", 20).containsEntry("batch_size", 100)
                .containsKeys("mean_inference_throughput", "p50_inference_latency", "p99_inference_latency");
        assertThat((int) results.get("warmup_batches")).isGreaterThan(10);
    }

    @ParameterizedTest
    @EnumSource(names = {"EVAL", "INFERENCE"})
    void anEvaluationAndABenchmarkStopWhenAsked(RunConfig.Mode mode) {
        run(config(RunConfig.Mode.TRAIN, training(1, 2, false), checkpoints("saved", 0, null)), 1);
        stop.request();
        assertThat(run(config(mode, training(1, -1, false), new CheckpointConfig(null, 0, 1, folder.resolve("saved"), false)), 1)).isFalse();
        assertThat(events(ProgressEvent.EvaluationStarted.class)).hasSize(1);
        assertThat(events(ProgressEvent.EvaluationReport.class)).isEmpty();
        assertThat(events(ProgressEvent.RunFinished.class)).isEmpty();
    }

    @Test
    void anotherBatchSizeCannotResume() {
        run(config(RunConfig.Mode.TRAIN, training(1, 5, false), checkpoints("saved", 0, null)), 1);
        TrainingConfig same = training(1, 9, false);
        TrainingConfig other = new TrainingConfig(same.optimizer(), Precision.FP32, 32, 100, 1, 9, 2, 7, 5, false, 8000, false, LossScaling.NONE, PlacementConfig.DEFAULT);
        assertThatThrownBy(() -> run(config(RunConfig.Mode.TRAIN, other, checkpoints("saved", 0, folder.resolve("saved"))), 1)).isInstanceOf(UserException.class)
                .hasMessageContaining("--batch_size was 64 and is now 32");
    }

    @Test
    void aFinishedTrainingHasNothingToResume() {
        run(config(RunConfig.Mode.TRAIN, training(1, -1, false), checkpoints("saved", 0, null)), 1);
        assertThatThrownBy(() -> run(config(RunConfig.Mode.TRAIN, training(1, -1, false), checkpoints("saved", 0, folder.resolve("saved"))), 1))
                .isInstanceOf(UserException.class).hasMessageContaining("already has 25 steps and this training ends after 25");
    }

    @ParameterizedTest
    @CsvSource({"TRAIN, train, " + TRAIN_SAMPLES + ", --batch_size", "INFERENCE, test, " + TEST_SAMPLES + ", --valid_batch_size"})
    void aSplitSmallerThanABatchNamesTheFlagToLower(RunConfig.Mode mode, String split, int samples, String flag) {
        TrainingConfig training = training(TRAIN_SAMPLES + 1, TEST_SAMPLES + 1, 1, 1, false);
        assertThatThrownBy(() -> run(config(mode, training, new CheckpointConfig(null, 0, 1, null, false)), 1)).isInstanceOf(UserException.class)
                .hasMessage(split + " has " + samples + " samples, fewer than one batch of " + (samples + 1) + ": use " + flag + " " + samples + " or less");
    }

    /** It scores partial batches too. */
    @Test
    void anEvaluationNeedsNoWholeBatch() {
        run(config(RunConfig.Mode.TRAIN, training(1, 1, false), checkpoints("saved", 0, null)), 2);
        TrainingConfig training = training(TRAIN_SAMPLES + 1, TEST_SAMPLES + 1, 1, -1, false);
        assertThat(run(config(RunConfig.Mode.EVAL, training, new CheckpointConfig(null, 0, 1, folder.resolve("saved"), false)), 1)).isTrue();
        assertThat(events(ProgressEvent.EvaluationReport.class)).extracting(ProgressEvent.EvaluationReport::samples).containsExactly((long) TEST_SAMPLES);
    }

    @Test
    void aWarmStartBeginsAtStepZero() {
        run(config(RunConfig.Mode.TRAIN, training(1, -1, false), checkpoints("saved", 0, null)), 1);
        CheckpointConfig warm = new CheckpointConfig(null, 0, 1, folder.resolve("saved"), true);
        run(config(RunConfig.Mode.TRAIN, training(1, 2, false), warm), 1);
        assertThat(events(ProgressEvent.StepReport.class).getLast().step()).isEqualTo(2);
    }

    @Test
    void anExplodingTrainingEndsWithASentence() {
        OptimizerConfig wild = new OptimizerConfig(UpdateRule.Kind.SGD, 1e30, 0.9, 0.999, OptimizerConfig.DEFAULT_EPSILON, 0, 1000, 1000);
        TrainingConfig config = new TrainingConfig(wild, Precision.FP32, 64, 100, 1, -1, 2, 7, 5, false, 8000, false, LossScaling.NONE, PlacementConfig.DEFAULT);
        CheckpointConfig none = new CheckpointConfig(null, 0, 1, null, false);
        assertThatThrownBy(() -> run(config(RunConfig.Mode.TRAIN, config, none, List.of(1)), 1)).isInstanceOf(UserException.class)
                .hasMessageContaining("the training loss is NaN at step 7").hasMessageContaining("lower --learning_rate");
    }
}
