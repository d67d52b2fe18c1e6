package crosscut.launcher.rank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.engine.UserException;
import crosscut.engine.parallel.World;
import crosscut.engine.progress.ProgressEvent;
import crosscut.kernels.Tolerance;
import crosscut.kernels.device.DataType;
import crosscut.launcher.options.NodeOptions;
import crosscut.launcher.supervisor.Nodes;
import crosscut.launcher.supervisor.RankCommands;
import crosscut.launcher.supervisor.RankOutput;
import crosscut.launcher.supervisor.Restarts;
import crosscut.launcher.supervisor.Supervisor;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real ranks in processes of their own, as the launcher runs them. */
@Timeout(120)
class SeveralRanksTest {

    @TempDir
    private Path folder;

    private final StringWriter errors = new StringWriter();
    private final Events events = new Events();

    /** Keeps what the ranks report. */
    private static final class Events implements RankOutput {

        private final List<ProgressEvent> received = Collections.synchronizedList(new ArrayList<>());
        private final List<String> lines = Collections.synchronizedList(new ArrayList<>());
        private final CountDownLatch training = new CountDownLatch(1);

        @Override
        public void event(int rank, ProgressEvent event) {
            assertThat(rank).isZero();
            received.add(event);
            if (event instanceof ProgressEvent.StepReport) {
                training.countDown();
            }
        }

        @Override
        public void line(int rank, String line) {
            lines.add(rank + ": " + line);
        }

        @Override
        public void notice(String line) {
            throw new AssertionError(line);
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }

    @BeforeEach
    void writeFeatureSpec() throws IOException {
        Files.writeString(folder.resolve("feature_spec.yaml"), """
                channel_spec:
                  categorical: [color, size]
                  label: [clicked]
                  numerical: [price]
                feature_spec:
                  clicked: {dtype: int8}
                  price: {dtype: float16}
                  color: {alpha: 1.45, cardinality: 9, dtype: int32, hotness: 1}
                  size: {alpha: 1.45, cardinality: 300, dtype: int32, hotness: 1}
                source_spec: null
                """);
    }

    private int train(int ranks, String... more) throws InterruptedException {
        List<String> flags = new ArrayList<>(List.of("--dataset_path=" + folder, "--dataset_type=synthetic", "--batch_size=64", "--valid_batch_size=64",
                "--synthetic_dataset_train_samples=64000000", "--synthetic_dataset_test_samples=640", "--bottom_mlp_dims=8,4", "--top_mlp_dims=8,1",
                "--embedding_dim=4", "--num_cross_layers=1", "--cross_layer_projection_dim=2", "--print_freq=5", "--threads=1"));
        flags.addAll(List.of(more));
        return new Supervisor(events, new PrintWriter(errors, true)).run(
                new RankCommands(ranks, 1, 0, RankMain.class.getName()).build(Nodes.single(), flags), Restarts.NONE);
    }

    @Test
    void threeProcessesTrainTogether() throws InterruptedException {
        assertThat(train(3, "--max_steps=10", "--synthetic_dataset_train_samples=6600", "--batch_size=66", "--valid_batch_size=66",
                "--save_checkpoint_path=" + folder.resolve("saved"))).isZero();
        assertThat(errors.toString()).isEmpty();
        assertThat(events.lines).isEmpty();
        assertThat(events.received).filteredOn(ProgressEvent.StepReport.class::isInstance).isNotEmpty();
        assertThat(events.received.getLast()).isInstanceOf(ProgressEvent.RunFinished.class);
        assertThat(folder.resolve("saved")).isDirectoryContaining("glob:**/checkpoint-*-step-10");
    }

    /** Trains two ranks for six steps and returns the loss of each. */
    private List<Double> losses(String name, String... more) throws InterruptedException {
        events.received.clear();
        List<String> flags = new ArrayList<>(List.of("--max_steps=6", "--synthetic_dataset_train_samples=640", "--synthetic_dataset_test_samples=128",
                "--print_freq=1", "--learning_rate=0.01", "--warmup_steps=2", "--save_checkpoint_path=" + folder.resolve(name)));
        flags.addAll(List.of(more));
        assertThat(train(2, flags.toArray(String[]::new))).as(errors.toString()).isZero();
        return events.received.stream().filter(ProgressEvent.StepReport.class::isInstance).map(event -> ((ProgressEvent.StepReport) event).loss()).toList();
    }

    /** Tensor files of the newest checkpoint by name. */
    private Map<String, byte[]> tensors(String name) throws IOException {
        Map<String, byte[]> tensors = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder.resolve(name))) {
            for (Path file : files.filter(path -> path.toString().endsWith(".safetensors")).toList()) {
                tensors.put(folder.resolve(name).relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return tensors;
    }

    /** Compares all numbers behind the files' headers, which are 8 bytes of length and that many of JSON. */
    private static void compare(Map<String, byte[]> actual, Map<String, byte[]> expected, Tolerance law) {
        assertThat(actual.keySet()).isEqualTo(expected.keySet()).isNotEmpty();
        actual.forEach((file, bytes) -> {
            ByteBuffer one = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            ByteBuffer other = ByteBuffer.wrap(expected.get(file)).order(ByteOrder.LITTLE_ENDIAN);
            for (int at = Long.BYTES + (int) one.getLong(0); at + Float.BYTES <= one.capacity(); at += Float.BYTES) {
                assertThat(law.accepts(one.getFloat(at), other.getFloat(at), 1)).as("%s, byte %d", file, at).isTrue();
            }
        });
    }

    @ParameterizedTest
    @CsvSource({"fp32, fp32, FLOAT32", "fp16, fp32, FLOAT16"})
    void simulatedGpusTrainWhatCpusTrainAndTheSameBitsWhoeverReadsTheIds(String precision, String onCpu, DataType type) throws Exception {
        Tolerance law = new Tolerance(type, 6);
        List<Double> expected = losses("cpu", "--device=cpu", "--precision=" + onCpu, "--optimizer=sgd");
        List<String> simulated = new ArrayList<>(List.of("--device=cuda-sim", "--precision=" + precision, "--loss_scale=1024", "--optimizer=sgd"));
        List<Double> first = losses("first", simulated.toArray(String[]::new));
        assertThat(first).hasSize(6);
        for (int step = 0; step < 6; step++) {
            assertThat(law.accepts(first.get(step), expected.get(step), 1)).as("step %d: %s, expected %s", step, first, expected).isTrue();
        }
        compare(tensors("first"), tensors("cpu"), law);
        simulated.add("--data_parallel_input=true");
        assertThat(losses("second", simulated.toArray(String[]::new))).isEqualTo(first);
        Map<String, byte[]> second = tensors("second");
        tensors("first").forEach((file, bytes) -> assertThat(second.get(file)).as(file).isEqualTo(bytes));
    }

    @Test
    void aKilledRankEndsAllAndIsNamed() throws Exception {
        CompletableFuture<Integer> status = CompletableFuture.supplyAsync(() -> {
            try {
                return train(2);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(events.training.await(60, TimeUnit.SECONDS)).isTrue();
        List<ProcessHandle> ranks = children();
        long start = System.nanoTime();
        ranks.get(1).destroyForcibly();
        assertThat(status.get(20, TimeUnit.SECONDS)).isEqualTo(137);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
        assertThat(errors.toString()).startsWith("crosscut: rank 1 of 2 ended with exit status 137 (SIGKILL").contains("the other ranks were ended");
        assertThat(ranks).noneMatch(ProcessHandle::isAlive);
    }

    /** The ranks in the order in which they were started. */
    private static List<ProcessHandle> children() {
        try (Stream<ProcessHandle> children = ProcessHandle.current().children()) {
            return children.sorted(Comparator.comparingLong(ProcessHandle::pid)).toList();
        }
    }

    @Test
    void theEnvironmentTellsTheWorld() {
        try (World world = RankWorld.join(Map.of(), Map.of(), new NodeOptions(), UnaryOperator.identity())) {
            assertThat(world.isSingle()).isTrue();
        }
        assertThatThrownBy(() -> RankWorld.join(Map.of("CROSSCUT_WORLD_SIZE", "2", "CROSSCUT_RANK", "0"), Map.of(), new NodeOptions(), UnaryOperator.identity()))
                .isInstanceOf(UserException.class).hasMessageContaining("the environment variable CROSSCUT_RENDEZVOUS is missing");
    }
}
