package crosscut.launcher.rank;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The command line on two hosts with two ranks each, and a network that fails. */
@Timeout(180)
class SeveralHostsTest {

    private static final int EXCHANGE_SECONDS = 6;

    @TempDir
    private Path folder;

    private NetworkOfHosts hosts() throws InterruptedException {
        try {
            return new NetworkOfHosts();
        } catch (IOException refused) {
            return abort("network namespaces cannot be made here: " + refused.getMessage());
        }
    }

    private Process start(NetworkOfHosts hosts, int node, String name, String... more) throws IOException {
        Path spec = folder.resolve("feature_spec.yaml");
        Files.writeString(spec, """
                channel_spec: {categorical: [color, size], label: [clicked], numerical: [price]}
                feature_spec:
                  clicked: {dtype: int8}
                  price: {dtype: float16}
                  color: {alpha: 1.45, cardinality: 9, dtype: int32, hotness: 1}
                  size: {alpha: 1.45, cardinality: 300, dtype: int32, hotness: 1}
                source_spec: null
                """);
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"), "crosscut.launcher.command.CommandLineMain", "train",
                "--dataset_path=" + folder, "--dataset_type=synthetic", "--batch_size=64", "--valid_batch_size=64",
                "--synthetic_dataset_train_samples=64000000", "--synthetic_dataset_test_samples=640", "--bottom_mlp_dims=8,4", "--top_mlp_dims=8,1",
                "--embedding_dim=4", "--num_cross_layers=1", "--cross_layer_projection_dim=2", "--print_freq=5", "--threads=1", "--device=cpu", "--np=2",
                "--nnodes=2", "--node_rank=" + node, "--rendezvous=" + hosts.address(0) + ":29400", "--exchange_timeout=" + EXCHANGE_SECONDS,
                "--save_checkpoint_path=" + folder.resolve("saved"), "--checkpoint_every_steps=20", "--log_path=" + folder.resolve("log.jsonl")));
        command.addAll(List.of(more));
        ProcessBuilder builder = new ProcessBuilder(hosts.on(node, command)).redirectErrorStream(true).redirectOutput(output(name, node).toFile());
        builder.environment().put("CROSSCUT_SECRET", "a cable runs between us");
        return builder.start();
    }

    private Path output(String name, int node) {
        return folder.resolve(name + node + ".txt");
    }

    private boolean hasCheckpoint() throws IOException {
        if (!Files.exists(folder.resolve("saved"))) {
            return false;
        }
        try (Stream<Path> entries = Files.list(folder.resolve("saved"))) {
            return entries.anyMatch(entry -> entry.getFileName().toString().startsWith("checkpoint-"));
        }
    }

    @Test
    void aCutCableEndsAllWithAWordAndTheNextRunResumes() throws IOException, InterruptedException {
        try (NetworkOfHosts hosts = hosts()) {
            List<Process> nodes = List.of(start(hosts, 0, "cut"), start(hosts, 1, "cut"));
            try {
                while (!hasCheckpoint()) {
                    assertThat(nodes).as(() -> texts("cut")).allMatch(Process::isAlive);
                    Thread.sleep(50);
                }
                hosts.cut();
                for (Process node : nodes) {
                    assertThat(node.waitFor(EXCHANGE_SECONDS + 10L, TimeUnit.SECONDS)).as(() -> texts("cut")).isTrue();
                    assertThat(node.exitValue()).isNotZero();
                }
            } finally {
                nodes.forEach(Process::destroyForcibly);
            }
            for (int node = 0; node < 2; node++) {
                String here = node == 0 ? "[01]" : "[23]";
                assertThat(Files.readString(output("cut", node))).containsPattern("crosscut: rank " + here + ": rank " + here + " waited "
                        + EXCHANGE_SECONDS + " s in [a-z-]+ for ranks? [0-3]").doesNotContain("\tat ");
            }
            hosts.mend();
            String steps = "--max_steps=" + (newestStep() + 20);
            String from = "--restore_checkpoint_path=" + folder.resolve("saved");
            List<Process> again = List.of(start(hosts, 0, "again", steps, from), start(hosts, 1, "again", steps, from));
            for (Process node : again) {
                assertThat(node.waitFor(60, TimeUnit.SECONDS)).isTrue();
                assertThat(node.exitValue()).as(() -> texts("again")).isZero();
            }
        }
    }

    private long newestStep() throws IOException {
        try (Stream<Path> entries = Files.list(folder.resolve("saved"))) {
            return entries.map(entry -> entry.getFileName().toString()).filter(name -> name.startsWith("checkpoint-"))
                    .mapToLong(name -> Long.parseLong(name.substring(name.lastIndexOf('-') + 1))).max().orElseThrow();
        }
    }

    private String texts(String name) {
        StringBuilder text = new StringBuilder();
        for (int node = 0; node < 2; node++) {
            try {
                text.append("node ").append(node).append(":\n").append(Files.readString(output(name, node)));
            } catch (IOException missing) {
                text.append(missing);
            }
        }
        return text.toString();
    }
}
