package crosscut.launcher.rank;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.engine.progress.ProgressEvent;
import crosscut.launcher.supervisor.MeetingPlace;
import crosscut.launcher.supervisor.Nodes;
import crosscut.launcher.supervisor.RankCommands;
import crosscut.launcher.supervisor.RankOutput;
import crosscut.launcher.supervisor.Restarts;
import crosscut.launcher.supervisor.Supervisor;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several supervisors, each with ranks in processes of their own, as on several machines; all of them are on this one. */
@Timeout(120)
class SeveralNodesTest {

    @TempDir
    private Path folder;

    /** How a node ended. */
    private record End(int status, String errors) {}

    private static final class Silent implements RankOutput {

        @Override
        public void event(int rank, ProgressEvent event) {
            // The checkpoints tell what was trained.
        }

        @Override
        public void line(int rank, String line) {
            // Nobody reads it.
        }

        @Override
        public void notice(String line) {
            // Nobody reads it.
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }

    private static String freeAddress() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "127.0.0.1:" + socket.getLocalPort();
        }
    }

    private End node(Nodes nodes, int ranks, List<String> more) throws IOException, InterruptedException {
        Path spec = folder.resolve("feature_spec.yaml");
        if (!Files.exists(spec)) {
            Files.writeString(spec, """
                    channel_spec: {categorical: [color, size], label: [clicked], numerical: [price]}
                    feature_spec:
                      clicked: {dtype: int8}
                      price: {dtype: float16}
                      color: {alpha: 1.45, cardinality: 9, dtype: int32, hotness: 1}
                      size: {alpha: 1.45, cardinality: 300, dtype: int32, hotness: 1}
                    source_spec: null
                    """);
        }
        List<String> flags = new ArrayList<>(List.of("--dataset_path=" + folder, "--dataset_type=synthetic", "--batch_size=64", "--valid_batch_size=64",
                "--synthetic_dataset_train_samples=640", "--synthetic_dataset_test_samples=128", "--bottom_mlp_dims=8,4", "--top_mlp_dims=8,1",
                "--embedding_dim=4", "--num_cross_layers=1", "--cross_layer_projection_dim=2", "--threads=1", "--max_steps=6"));
        flags.addAll(more);
        StringWriter errors = new StringWriter();
        int status = new Supervisor(new Silent(), new PrintWriter(errors, true))
                .run(new RankCommands(ranks, 1, 0, RankMain.class.getName()).build(nodes, flags), Restarts.NONE);
        return new End(status, errors.toString());
    }

    /** Runs all at once and returns their ends in order. */
    private static List<End> together(List<Callable<End>> nodes) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<End> ends = new ArrayList<>();
            for (Future<End> end : threads.invokeAll(nodes)) {
                ends.add(end.get());
            }
            return ends;
        }
    }

    private Map<String, List<Byte>> files(String name) throws IOException {
        Map<String, List<Byte>> files = new TreeMap<>();
        try (Stream<Path> found = Files.walk(folder.resolve(name))) {
            for (Path file : found.filter(path -> path.toString().endsWith(".safetensors")).toList()) {
                List<Byte> bytes = new ArrayList<>();
                for (byte one : Files.readAllBytes(file)) {
                    bytes.add(one);
                }
                files.put(file.getFileName().toString(), bytes);
            }
        }
        return files;
    }

    @Test
    void twoNodesOfTwoRanksTrainAsOneOfFour() throws Exception {
        MeetingPlace place = new MeetingPlace(freeAddress(), "shared");
        List<String> flags = List.of("--nnodes=2", "--save_checkpoint_path=" + folder.resolve("two"));
        assertThat(together(List.of(() -> node(new Nodes(2, 0, place), 2, plus(flags, "--node_rank=0")),
                () -> node(new Nodes(2, 1, place), 2, plus(flags, "--node_rank=1")))))
                .containsExactly(new End(0, ""), new End(0, ""));
        assertThat(node(Nodes.single(), 4, List.of("--save_checkpoint_path=" + folder.resolve("one")))).isEqualTo(new End(0, ""));
        assertThat(files("two")).isNotEmpty().isEqualTo(files("one"));
    }

    private static List<String> plus(List<String> flags, String... more) {
        List<String> all = new ArrayList<>(flags);
        all.addAll(List.of(more));
        return all;
    }

    @Test
    void nodesWithOtherFlagsAreTold() throws Exception {
        MeetingPlace place = new MeetingPlace(freeAddress(), "shared");
        List<End> ends = together(List.of(() -> node(new Nodes(2, 0, place), 1, List.of("--seed=1")),
                () -> node(new Nodes(2, 1, place), 1, List.of("--seed=2"))));
        assertThat(ends).allSatisfy(end -> {
            assertThat(end.status()).isNotZero();
            assertThat(end.errors()).contains("--seed is 2 there and 1 on rank 0").doesNotContain("\tat ");
        });
    }

    @Test
    void aNodeWithAnotherSecretIsTold() throws Exception {
        String address = freeAddress();
        List<End> ends = together(List.of(
                () -> node(new Nodes(2, 0, new MeetingPlace(address, "one")), 1, List.of("--rendezvous_timeout=6")),
                () -> node(new Nodes(2, 1, new MeetingPlace(address, "other")), 1, List.of("--rendezvous_timeout=6"))));
        assertThat(ends).allSatisfy(end -> assertThat(end.status()).isNotZero());
        assertThat(ends.get(1).errors()).contains("do not share a secret", "CROSSCUT_SECRET");
    }

    @Test
    void aNodeThatDoesNotComeIsNamed() throws Exception {
        End first = node(new Nodes(2, 0, new MeetingPlace(freeAddress(), "shared")), 1, List.of("--rendezvous_timeout=3"));
        assertThat(first.status()).isNotZero();
        assertThat(first.errors()).hasLineCount(1).contains("rank 1", "3 s");
        String nowhere = freeAddress();
        End second = node(new Nodes(2, 1, new MeetingPlace(nowhere, "shared")), 1, List.of("--rendezvous_timeout=3"));
        assertThat(second.status()).isNotZero();
        assertThat(second.errors()).hasLineCount(1).contains("did not find rank 0 at " + nowhere + " within 3 s");
    }

    @Test
    void aTakenPortIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();
            End end = node(new Nodes(2, 0, new MeetingPlace(address, "shared")), 1, List.of("--rendezvous_timeout=3"));
            assertThat(end.status()).isNotZero();
            assertThat(end.errors()).hasLineCount(1).contains("cannot listen at", String.valueOf(taken.getLocalPort()), "in use");
        }
    }
}
