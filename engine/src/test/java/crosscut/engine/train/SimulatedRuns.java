package crosscut.engine.train;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.engine.SimulatedGpu;
import crosscut.engine.TestModels;
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
import org.junit.jupiter.api.io.TempDir;

/** Whole runs on simulated GPUs with captured steps and all checks, and on the CPU, on one data set and model. */
abstract class SimulatedRuns {

    static final int BATCH = 48;
    static final int STEPS = 6;
    static final PlacementConfig SLICED = new PlacementConfig(PlacementConfig.Strategy.BASIC, 2000, 20_000, 100);

    static final CheckpointConfig NO_CHECKPOINTS = new CheckpointConfig(null, 0, 1, null, false);

    @TempDir
    Path folder;

    final List<ProgressEvent> events = new ArrayList<>();

    /** The report of this step asks all ranks to stop. */
    long stopAt = -1;

    private StopRequest stop;

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

    static TrainingConfig training(UpdateRule.Kind kind, Precision precision, LossScaling scaling, long steps) {
        return training(kind, precision, scaling, steps, PlacementConfig.DEFAULT);
    }

    static TrainingConfig training(UpdateRule.Kind kind, Precision precision, LossScaling scaling, long steps, PlacementConfig placement) {
        OptimizerConfig optimizer = new OptimizerConfig(kind, 0.01, 0.9, 0.999, OptimizerConfig.DEFAULT_EPSILON, 2, 1000, 1000);
        return new TrainingConfig(optimizer, precision, BATCH, 40, 1, steps, 1, 1, 5, true, 8000, false, scaling, placement);
    }

    static TrainingConfig training(Precision precision) {
        return training(UpdateRule.Kind.SGD, precision, new LossScaling(1024, false), STEPS);
    }

    RunConfig config(TrainingConfig training, CheckpointConfig checkpoint) {
        DatasetConfig dataset = new DatasetConfig(folder, "feature_spec.yaml", DatasetConfig.Type.SYNTHETIC, DatasetConfig.SyntheticLabels.PLANTED,
                (STEPS + 2) * BATCH, 100, "test");
        ModelFlags model = new ModelFlags("4,8,5", List.of(8, 4), List.of(16, 1), 2, 3, true, Pooling.MEAN);
        return new RunConfig(RunConfig.Mode.TRAIN, dataset, model, training, checkpoint, Map.of("seed", 5));
    }

    CheckpointConfig saving(String name, long every, String restored) {
        return new CheckpointConfig(folder.resolve(name), every, 100, restored == null ? null : folder.resolve(restored), false);
    }

    void run(RunConfig config, Device device) {
        start();
        assertThat(new Run(config, device, this::hear, stop).execute()).isEqualTo(stopAt < 0);
    }

    private void start() {
        events.clear();
        stop = new StopRequest();
    }

    private void hear(ProgressEvent event) {
        events.add(event);
        if (event instanceof ProgressEvent.StepReport report && report.step() == stopAt) {
            stop.request();
        }
    }

    void runOnCpu(TrainingConfig training, String name) {
        try (Device device = TestModels.device(2)) {
            run(config(training, saving(name, 0, null)), device);
        }
    }

    void runSimulated(LaneOrder order, RunConfig config) {
        try (SimulatedGpu gpu = new SimulatedGpu(order)) {
            run(config, gpu.device());
        }
    }

    List<Double> losses() {
        return events.stream().filter(ProgressEvent.StepReport.class::isInstance).map(event -> ((ProgressEvent.StepReport) event).loss()).toList();
    }

    Map<String, Object> results() {
        return ((ProgressEvent.RunFinished) events.getLast()).results();
    }

    /** Tensor files of the newest checkpoint by name. */
    Map<String, byte[]> tensors(String name) throws IOException {
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
    void compare(String actual, String expected, Tolerance law) throws IOException {
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

    void assertSameBits(String actual, String expected) throws IOException {
        Map<String, byte[]> actualFiles = tensors(actual);
        Map<String, byte[]> expectedFiles = tensors(expected);
        assertThat(actualFiles.keySet()).isEqualTo(expectedFiles.keySet());
        actualFiles.forEach((file, bytes) -> assertThat(bytes).as(file).isEqualTo(expectedFiles.get(file)));
    }

    /** What simulated ranks exchange tensors by. */
    enum Connection { STAGED, NCCL }

    /** Trains on ranks that are threads, each with a device of its own: a simulated one, or a CPU without a connection. */
    void runRanks(int ranks, RunConfig config, Connection connection) {
        start();
        SimulatedNetwork network = new SimulatedNetwork();
        ThreadWorld.run(ranks, world -> {
            if (connection == null) {
                try (Device device = TestModels.device(1)) {
                    return new Run(config, device, world, this::hear, stop).execute();
                }
            }
            try (SimulatedGpu gpu = new SimulatedGpu(); World onDevices = new World(connection == Connection.STAGED
                    ? new StagedCollectives(gpu.device(), world.collectives())
                    : NcclCollectives.join(gpu.device(), gpu.nccl(network), world.collectives(), Duration.ofMinutes(1)))) {
                return new Run(config, gpu.device(), onDevices, this::hear, stop).execute();
            }
        });
    }

    static TrainingConfig offloading(TrainingConfig training, long threshold) {
        return training.withPlacement(training.placement().withOffloading(threshold));
    }

    /** On the data that {@link #writeFiles} leaves. */
    RunConfig onFiles(TrainingConfig training, CheckpointConfig checkpoint) {
        RunConfig synthetic = config(training, checkpoint);
        DatasetConfig files = new DatasetConfig(folder.resolve("set"), "feature_spec.yaml", DatasetConfig.Type.TF_RAW,
                DatasetConfig.SyntheticLabels.PLANTED, 0, 0, "test");
        return new RunConfig(synthetic.mode(), files, synthetic.model(), synthetic.training(), checkpoint, Map.of());
    }

    /** A data set whose second table has id 300 of 300 in some training samples. */
    void writeFiles(int... badSamples) throws IOException {
        Path set = Files.createDirectories(folder.resolve("set"));
        int samples = 3 * BATCH;
        for (String split : List.of("train", "test")) {
            Path target = Files.createDirectories(set.resolve(split));
            Files.write(target.resolve("label.bin"), new byte[samples]);
            Files.write(target.resolve("price.bin"), new byte[samples * 2 * Short.BYTES]);
            Files.write(target.resolve("color.bin"), new byte[samples]);
            ByteBuffer sizes = ByteBuffer.allocate(samples * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            IntStream.of(split.equals("train") ? badSamples : new int[0]).forEach(sample -> sizes.putShort(sample * Short.BYTES, (short) 300));
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
