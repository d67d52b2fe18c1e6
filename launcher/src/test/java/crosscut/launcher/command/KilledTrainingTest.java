package crosscut.launcher.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code kill -9} of every process of a training with three ranks, as the command line runs it. */
@Timeout(180)
class KilledTrainingTest {

    private static final int RANKS = 3;
    private static final int STEPS = 600;
    private static final Duration END = Duration.ofSeconds(5);

    @TempDir
    private static Path folder;

    private static TreeMap<String, byte[]> undisturbed;

    @TempDir
    private Path own;

    @BeforeAll
    static void trainUndisturbed() throws Exception {
        Files.writeString(folder.resolve("feature_spec.yaml"), """
                channel_spec: {categorical: [color, size, shop], numerical: [price], label: [clicked]}
                feature_spec:
                  clicked: {dtype: int8}
                  price: {dtype: float16}
                  color: {alpha: 1.45, cardinality: 9, dtype: int32, hotness: 1}
                  size: {alpha: 1.45, cardinality: 300, dtype: int32, hotness: 1}
                  shop: {alpha: 1.2, cardinality: 50, dtype: int32, hotness: 1}
                source_spec: null
                """);
        try (Training training = new Training(folder)) {
            assertThat(training.end()).as(training.said()).isZero();
        }
        undisturbed = weights(folder);
        assertThat(undisturbed).hasSize(4);
    }

    @Test
    void restartsEndInTheSameWeightsWhicheverRanksAreKilled() throws Exception {
        try (Training training = new Training(own, "--max_restarts=" + RANKS)) {
            for (int rank = 0; rank < RANKS; rank++) {
                String checkpoint = training.awaitCheckpoint();
                training.kill(training.ranks().get(rank));
                String line = training.await("; restart ");
                assertThat(line).startsWith("crosscut: rank " + rank + " of 3 ended with exit status 137 (SIGKILL")
                        .contains("; restart " + (rank + 1) + " of 3 goes on from " + own.resolve("saved").resolve("checkpoint-"));
                assertThat(step(line)).as("%s after %s", line, checkpoint).isGreaterThanOrEqualTo(step(checkpoint));
            }
            assertThat(training.end()).as(training.said()).isZero();
        }
        assertSameWeights(undisturbed);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void bothMachinesStartAgainWhicheverLosesARank(int victim) throws Exception {
        String rendezvous = "--rendezvous=" + freeAddress();
        try (Training first = new Training(own, "--np=1", "--nnodes=2", "--node_rank=0", rendezvous, "--max_restarts=1");
                Training second = new Training(own, "--np=1", "--nnodes=2", "--node_rank=1", rendezvous, "--max_restarts=1")) {
            first.awaitCheckpoint();
            Training disturbed = victim == 0 ? first : second;
            disturbed.kill(disturbed.process.children().findFirst().orElseThrow());
            assertThat(first.end()).as("%s%n%s", first.said(), second.said()).isZero();
            assertThat(second.end()).as(second.said()).isZero();
            assertThat(first.said()).contains("; restart 1 of 1 goes on from " + own);
            assertThat(second.said()).contains("; restart 1 of 1 goes on from " + own);
        }
        try (Training undisturbedPair = new Training(Files.createDirectory(own.resolve("pair")), "--np=2")) {
            assertThat(undisturbedPair.end()).as(undisturbedPair.said()).isZero();
        }
        assertSameWeights(weights(own.resolve("pair")));
    }

    private static String freeAddress() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "127.0.0.1:" + socket.getLocalPort();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void aKilledRankEndsAllAndTheTrainingCanBeResumed(int rank) throws Exception {
        try (Training training = new Training(own)) {
            training.awaitCheckpoint();
            List<ProcessHandle> ranks = training.ranks();
            long start = System.nanoTime();
            training.kill(ranks.get(rank));
            assertThat(training.end()).isEqualTo(137);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(END);
            assertThat(ranks).noneMatch(ProcessHandle::isAlive);
            assertThat(training.said()).contains("crosscut: rank " + rank + " of 3 ended with exit status 137 (SIGKILL").contains("; the other ranks were ended\n");
        }
        resume();
    }

    @Test
    void aKilledSupervisorLeavesNobodyBehindAndTheTrainingCanBeResumed() throws Exception {
        try (Training training = new Training(own, "--max_restarts=1")) {
            training.awaitCheckpoint();
            List<ProcessHandle> ranks = training.ranks();
            long deadline = System.nanoTime() + END.toNanos();
            training.process.destroyForcibly();
            for (ProcessHandle rank : ranks) {
                rank.onExit().get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
            assertThat(training.process.waitFor()).isEqualTo(137);
        }
        resume();
    }

    private void resume() throws Exception {
        try (Training resumed = new Training(own, "--restore_checkpoint_path=" + own.resolve("saved"))) {
            assertThat(resumed.end()).as(resumed.said()).isZero();
            assertThat(resumed.said()).contains("step " + STEPS + "/" + STEPS);
        }
        assertSameWeights(undisturbed);
    }

    private void assertSameWeights(TreeMap<String, byte[]> expected) throws IOException {
        TreeMap<String, byte[]> weights = weights(own);
        assertThat(weights.keySet()).isNotEmpty().isEqualTo(expected.keySet());
        weights.forEach((file, bytes) -> assertThat(bytes).as(file).isEqualTo(expected.get(file)));
    }

    /** Content of the last checkpoint's tensor files by name: weights and moments. */
    private static TreeMap<String, byte[]> weights(Path training) throws IOException {
        TreeMap<String, byte[]> weights = new TreeMap<>();
        try (Stream<Path> files = Files.walk(training.resolve("saved"))) {
            for (Path file : files.filter(file -> file.toString().endsWith(".safetensors")).toList()) {
                if (file.getParent().toString().endsWith("-step-" + STEPS)) {
                    weights.put(file.getFileName().toString(), Files.readAllBytes(file));
                }
            }
        }
        return weights;
    }

    private static int step(String line) {
        return Integer.parseInt(line.substring(line.lastIndexOf("-step-") + "-step-".length()).split("\\D", 2)[0]);
    }

    /** A launcher in a process of its own. */
    private static final class Training implements AutoCloseable {

        private final Process process;
        private final BufferedReader reader;
        private final StringBuilder said = new StringBuilder();

        Training(Path place, String... more) throws IOException {
            List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC", "-cp",
                    System.getProperty("java.class.path"), CommandLineMain.class.getName(), "train", "--np=" + RANKS, "--device=cpu", "--threads=1",
                    "--dataset_path=" + folder, "--dataset_type=synthetic", "--batch_size=66", "--valid_batch_size=66", "--max_steps=" + STEPS,
                    "--synthetic_dataset_train_samples=66000", "--synthetic_dataset_test_samples=660", "--bottom_mlp_dims=8,4", "--top_mlp_dims=8,1",
                    "--embedding_dim=4", "--num_cross_layers=1", "--cross_layer_projection_dim=2", "--learning_rate=0.01", "--print_freq=100",
                    "--checkpoint_every_steps=10", "--save_checkpoint_path=" + place.resolve("saved"), "--log_path=" + place.resolve("log.jsonl")));
            command.addAll(List.of(more));
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().put("CROSSCUT_SECRET", "shared");
            process = builder.start();
            reader = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        }

        /** The next checkpoint's line. */
        String awaitCheckpoint() throws IOException {
            return await("checkpoint after step ");
        }

        String await(String part) throws IOException {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                said.append(line).append('\n');
                if (line.contains(part)) {
                    return line;
                }
            }
            throw new AssertionError("it ended without " + part + ":\n" + said);
        }

        /** The ranks in order; children come in no order, but the environment tells who is who. */
        List<ProcessHandle> ranks() {
            try (Stream<ProcessHandle> children = process.children()) {
                List<ProcessHandle> all = children.sorted(Comparator.comparing(Training::rank)).toList();
                assertThat(all.stream().map(Training::rank)).isEqualTo(IntStream.range(0, RANKS).boxed().toList());
                return all;
            }
        }

        private static int rank(ProcessHandle child) {
            try {
                String environment = Files.readString(Path.of("/proc", String.valueOf(child.pid()), "environ"), StandardCharsets.ISO_8859_1);
                return Stream.of(environment.split("\0")).filter(entry -> entry.startsWith("CROSSCUT_RANK=")).map(entry -> entry.split("=")[1])
                        .mapToInt(Integer::parseInt).findFirst().orElseThrow();
            } catch (IOException gone) {
                throw new UncheckedIOException(gone);
            }
        }

        void kill(ProcessHandle rank) {
            assertThat(rank.destroyForcibly()).as("it has ended already:\n" + said).isTrue();
        }

        int end() throws IOException, InterruptedException {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                said.append(line).append('\n');
            }
            return process.waitFor();
        }

        String said() {
            return said.toString();
        }

        @Override
        public void close() throws IOException {
            process.destroyForcibly();
            reader.close();
        }
    }
}
