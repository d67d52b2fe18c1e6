package crosscut.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.engine.SimulatedGpu;
import crosscut.engine.TestModels;
import crosscut.engine.UserException;
import crosscut.engine.config.CheckpointConfig;
import crosscut.engine.config.DatasetConfig;
import crosscut.engine.config.LossScaling;
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
import crosscut.kernels.collective.NcclCollectives;
import crosscut.kernels.collective.StagedCollectives;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.embedding.Pooling;
import crosscut.kernels.optimizer.UpdateRule;
import crosscut.simulator.execution.LaneOrder;
import crosscut.simulator.nccl.SimulatedNetwork;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole trainings on the simulated GPU, with captured steps and all checks, beside the CPU's. */
class SimulatedTrainingTest {

    private static final int BATCH = 48;
    private static final int STEPS = 6;
    private static final PlacementConfig SLICED = new PlacementConfig(PlacementConfig.Strategy.BASIC, 2000, 20_000, 100);

    @TempDir
    private Path folder;

    private final List<ProgressEvent> events = new ArrayList<>();

    @BeforeEach
    void writeSpec() throws IOException {
        Files.writeString(folder.resolve("feature_spec.yaml"), """
                channel_spec: {categorical: [color, size, shop], numerical: [price, age], label: [clicked]}
                feature_spec:
                  color: {cardinality: 9, dtype: int8, hotness: 1}
                  size: {alpha: 1.45, cardinality: 300, dtype: int16, hotness: 1}
                  shop: {alpha: 1.2, cardinality: 4000, dtype: int32, hotness: 3}
                  price: {dtype: float16}
                  age: {dtype: float16}
                  clicked: {dtype: int8}
                source_spec: null
                """);
    }

    private static TrainingConfig training(UpdateRule.Kind kind, Precision precision, LossScaling scaling, long steps) {
        return training(kind, precision, scaling, steps, PlacementConfig.DEFAULT);
    }

    private static TrainingConfig training(UpdateRule.Kind kind, Precision precision, LossScaling scaling, long steps, PlacementConfig placement) {
        OptimizerConfig optimizer = new OptimizerConfig(kind, 0.01, 0.9, 0.999, OptimizerConfig.DEFAULT_EPSILON, 2, 1000, 1000);
        return new TrainingConfig(optimizer, precision, BATCH, 40, 1, steps, 1, 1, 5, true, 8000, false, scaling, placement);
    }

    private static TrainingConfig training(Precision precision) {
        return training(UpdateRule.Kind.SGD, precision, new LossScaling(1024, false), STEPS);
    }

    private RunConfig config(TrainingConfig training, CheckpointConfig checkpoint) {
        DatasetConfig dataset = new DatasetConfig(folder, "feature_spec.yaml", DatasetConfig.Type.SYNTHETIC, DatasetConfig.SyntheticLabels.PLANTED,
                (STEPS + 2) * BATCH, 100, "test");
        ModelFlags model = new ModelFlags("4,8,5", List.of(8, 4), List.of(16, 1), 2, 3, true, Pooling.MEAN);
        return new RunConfig(RunConfig.Mode.TRAIN, dataset, model, training, checkpoint, Map.of("seed", 5));
    }

    private CheckpointConfig saving(String name, long every, String restored) {
        return new CheckpointConfig(folder.resolve(name), every, 100, restored == null ? null : folder.resolve(restored), false);
    }

    private void run(RunConfig config, Device device) {
        events.clear();
        assertThat(new Run(config, device, events::add, new StopRequest()).execute()).isTrue();
    }

    private void runOnCpu(TrainingConfig training, String name) {
        try (Device device = TestModels.device(2)) {
            run(config(training, saving(name, 0, null)), device);
        }
    }

    private void runSimulated(LaneOrder order, RunConfig config) {
        try (SimulatedGpu gpu = new SimulatedGpu(order)) {
            run(config, gpu.device());
        }
    }

    private List<Double> losses() {
        return events.stream().filter(ProgressEvent.StepReport.class::isInstance).map(event -> ((ProgressEvent.StepReport) event).loss()).toList();
    }

    private Map<String, Object> results() {
        return ((ProgressEvent.RunFinished) events.getLast()).results();
    }

    /** Tensor files of the newest checkpoint by name. */
    private Map<String, byte[]> tensors(String name) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> checkpoints = Files.list(folder.resolve(name))) {
            Path newest = checkpoints.filter(path -> path.getFileName().toString().startsWith("checkpoint-")).max(Path::compareTo).orElseThrow();
            try (Stream<Path> found = Files.list(newest)) {
                for (Path file : found.filter(path -> path.toString().endsWith(".safetensors")).toList()) {
                    files.put(file.getFileName().toString(), Files.readAllBytes(file));
                }
            }
        }
        return files;
    }

    /** Compares all numbers behind the files' headers, which are 8 bytes of length and that many of JSON. */
    private void compare(String actual, String expected, Tolerance law) throws IOException {
        Map<String, byte[]> actualFiles = tensors(actual);
        Map<String, byte[]> expectedFiles = tensors(expected);
        assertThat(actualFiles.keySet()).isEqualTo(expectedFiles.keySet());
        for (String file : actualFiles.keySet()) {
            ByteBuffer one = ByteBuffer.wrap(actualFiles.get(file)).order(ByteOrder.LITTLE_ENDIAN);
            ByteBuffer other = ByteBuffer.wrap(expectedFiles.get(file)).order(ByteOrder.LITTLE_ENDIAN);
            int begin = Long.BYTES + (int) one.getLong(0);
            for (int at = begin; at + Float.BYTES <= one.capacity(); at += Float.BYTES) {
                float a = one.getFloat(at);
                float b = other.getFloat(at);
                assertThat(law.accepts(a, b, 1)).as("%s, byte %d: %s, expected %s", file, at, a, b).isTrue();
            }
        }
    }

    private void assertSameBits(String actual, String expected) throws IOException {
        Map<String, byte[]> actualFiles = tensors(actual);
        Map<String, byte[]> expectedFiles = tensors(expected);
        assertThat(actualFiles.keySet()).isEqualTo(expectedFiles.keySet());
        actualFiles.forEach((file, bytes) -> assertThat(bytes).as(file).isEqualTo(expectedFiles.get(file)));
    }

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

    /** What simulated ranks exchange tensors by. */
    enum Connection { STAGED, NCCL }

    /** Trains on ranks that are threads, each with a device of its own: a simulated one, or a CPU without a connection. */
    private void runRanks(int ranks, RunConfig config, Connection connection) {
        events.clear();
        SimulatedNetwork network = new SimulatedNetwork();
        ThreadWorld.run(ranks, world -> {
            if (connection == null) {
                try (Device device = TestModels.device(1)) {
                    return new Run(config, device, world, events::add, new StopRequest()).execute();
                }
            }
            try (SimulatedGpu gpu = new SimulatedGpu(); World onDevices = new World(connection == Connection.STAGED
                    ? new StagedCollectives(gpu.device(), world.collectives())
                    : NcclCollectives.join(gpu.device(), gpu.nccl(network), world.collectives(), Duration.ofMinutes(1)))) {
                return new Run(config, gpu.device(), onDevices, events::add, new StopRequest()).execute();
            }
        });
    }

    /** Tables whole; or the largest in slices of rows, another one in slices of columns, and copies of the small one. */
    @ParameterizedTest
    @CsvSource({"STAGED, 2, FP32, FLOAT32, false", "STAGED, 2, FP16, FLOAT16, true", "NCCL, 2, FP32, FLOAT32, true", "NCCL, 4, FP32, FLOAT32, false",
        "NCCL, 2, FP16, FLOAT16, false"})
    void severalSimulatedRanksAgreeWithCpuRanks(Connection connection, int ranks, Precision precision, DataType type, boolean isSliced) throws IOException {
        PlacementConfig placement = isSliced ? SLICED : PlacementConfig.DEFAULT;
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

    @Test
    void everyConnectionOfRanksGivesTheSameBitsInEveryRun() throws IOException {
        TrainingConfig adam = training(UpdateRule.Kind.ADAM, Precision.FP16, new LossScaling(1024, true), 3);
        runRanks(2, config(adam, saving("one", 0, null)), Connection.NCCL);
        List<Double> expected = losses();
        for (Connection connection : Connection.values()) {
            runRanks(2, config(adam, saving(connection.name(), 0, null)), connection);
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

    private static TrainingConfig offloading(TrainingConfig training, long threshold) {
        return training.withPlacement(training.placement().withOffloading(threshold));
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
                new CheckpointConfig(null, 0, 1, null, false), Map.of());
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

    @Test
    void aBadIdIsNamedAsOnTheCpu() throws IOException {
        writeFiles(77);
        CheckpointConfig none = new CheckpointConfig(null, 0, 1, null, false);
        String expected;
        try (Device device = TestModels.device(1)) {
            expected = failure(device, none);
        }
        assertThat(expected).contains("size").contains("300");
        try (SimulatedGpu gpu = new SimulatedGpu()) {
            assertThat(failure(gpu.device(), none)).isEqualTo(expected);
        }
    }

    /** An id beyond the whole table is no id of another rank's rows: the rank that reads the sample names it, and no rank takes it for nothing. */
    @ParameterizedTest
    @CsvSource({"CPU", "STAGED"})
    void aBadIdOfATableCutByRowsIsNamed(String devices) throws IOException {
        writeFiles(IntStream.range(0, 3 * BATCH).toArray());
        PlacementConfig rows = new PlacementConfig(PlacementConfig.Strategy.BASIC, PlacementConfig.REFERENCE_COLUMN_SLICE_THRESHOLD, 2400, 0);
        RunConfig config = onFiles(training(UpdateRule.Kind.SGD, Precision.FP32, LossScaling.NONE, STEPS, rows), new CheckpointConfig(null, 0, 1, null, false));
        assertThatThrownBy(() -> runRanks(2, config, devices.equals("CPU") ? null : Connection.STAGED)).isInstanceOf(UserException.class)
                .hasMessageMatching(".*feature size, sample \\d+: id 300 is outside \\[0, 300\\), .*");
    }

    private RunConfig onFiles(TrainingConfig training, CheckpointConfig none) {
        RunConfig synthetic = config(training, none);
        DatasetConfig files = new DatasetConfig(folder.resolve("set"), "feature_spec.yaml", DatasetConfig.Type.TF_RAW,
                DatasetConfig.SyntheticLabels.PLANTED, 0, 0, "test");
        return new RunConfig(synthetic.mode(), files, synthetic.model(), synthetic.training(), none, Map.of());
    }

    private String failure(Device device, CheckpointConfig none) {
        RunConfig config = onFiles(training(Precision.FP32), none);
        String[] message = new String[1];
        assertThatThrownBy(() -> new Run(config, device, events::add, new StopRequest()).execute()).isInstanceOf(UserException.class)
                .satisfies(thrown -> message[0] = thrown.getMessage());
        return message[0];
    }

    /** A data set whose second table has id 300 of 300 in some samples. */
    private void writeFiles(int... badSamples) throws IOException {
        Path set = Files.createDirectories(folder.resolve("set"));
        int samples = 3 * BATCH;
        for (String split : List.of("train", "test")) {
            Path target = Files.createDirectories(set.resolve(split));
            Files.write(target.resolve("label.bin"), new byte[samples]);
            Files.write(target.resolve("price.bin"), new byte[samples * 2 * Short.BYTES]);
            Files.write(target.resolve("color.bin"), new byte[samples]);
            ByteBuffer sizes = ByteBuffer.allocate(samples * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            IntStream.of(badSamples).forEach(sample -> sizes.putShort(sample * Short.BYTES, (short) 300));
            Files.write(target.resolve("size.bin"), sizes.array());
            Files.write(target.resolve("shop.bin"), new byte[samples * 3 * Integer.BYTES]);
        }
        StringBuilder sources = new StringBuilder();
        for (String split : List.of("train", "test")) {
            sources.append("  ").append(split).append(":\n");
            for (String[] file : new String[][] {{"label.bin", "clicked"}, {"price.bin", "price, age"}, {"color.bin", "color"}, {"size.bin", "size"},
                    {"shop.bin", "shop"}}) {
                sources.append("    - {features: [").append(file[1]).append("], files: [").append(split).append('/').append(file[0])
                        .append("], type: split_binary}\n");
            }
        }
        String spec = Files.readString(folder.resolve("feature_spec.yaml"));
        Files.writeString(set.resolve("feature_spec.yaml"), spec.replace("clicked: {dtype: int8}", "clicked: {dtype: bool}")
                .replace("source_spec: null", "source_spec:\n" + sources));
    }
}
