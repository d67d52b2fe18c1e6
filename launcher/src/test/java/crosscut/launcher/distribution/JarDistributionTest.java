package crosscut.launcher.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.kernels.Tolerance;
import crosscut.kernels.device.DataType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Looks at what the build packed; runs after the package phase. */
class JarDistributionTest {

    private static final Path DISTRIBUTION = Path.of("target", "crosscut").toAbsolutePath();
    private static final Path LAUNCHER = DISTRIBUTION.resolve("launcher.jar");

    @Test
    void theJarIsThinAndItsClassPathIsComplete() throws IOException {
        assertThat(Files.size(LAUNCHER)).isLessThan(1 << 20);
        try (JarFile jar = new JarFile(LAUNCHER.toFile())) {
            Attributes manifest = jar.getManifest().getMainAttributes();
            assertThat(manifest.getValue("Main-Class")).isEqualTo("crosscut.launcher.Main");
            assertThat(manifest.getValue("Enable-Native-Access")).isEqualTo("ALL-UNNAMED");
            assertThat(manifest.getValue("Class-Path").split(" ")).isNotEmpty().allSatisfy(entry -> assertThat(DISTRIBUTION.resolve(entry)).isRegularFile());
        }
    }

    @Test
    void theMainClassLoadsOnJava8() throws IOException {
        int java8 = 52;
        try (JarFile jar = new JarFile(LAUNCHER.toFile())) {
            for (String name : List.of("Main", "JavaSearch", "JavaInstallation")) {
                byte[] classFile = jar.getInputStream(jar.getEntry("crosscut/launcher/" + name + ".class")).readAllBytes();
                assertThat(classFile[7]).as(name).isEqualTo((byte) java8);
            }
        }
    }

    @Test
    void javaJarNeedsNoFlagAndPrintsNoWarning() throws IOException, InterruptedException {
        assertThat(run("--version")).startsWith("Crosscut ").hasLineCount(1);
        assertThat(run("doctor")).contains("Java ", "Memory ").doesNotContain("WARNING");
        assertThat(run("train", "--dry-run", "--dataset_type=synthetic")).contains("-cp " + LAUNCHER + " crosscut.launcher.rank.RankMain");
    }

    @Test
    void quickstartGoesFromRawDataToTheTestAuc(@TempDir Path folder) throws IOException, InterruptedException {
        String output = run("quickstart", "--output", folder.toString());
        Matcher reached = Pattern.compile("this DCNv2, after its last epoch +([0-9.]+) +([0-9.]+)").matcher(output);
        assertThat(reached.find()).as(output).isTrue();
        assertThat(Double.parseDouble(reached.group(1))).isGreaterThan(0.80);
        assertThat(output).contains("logistic regression").doesNotContain("WARNING");
        assertThat(folder.resolve("log.jsonl")).content().startsWith("DLLL {").contains("\"step\":\"PARAMETER\"", "\"step\":[],\"data\":{\"auc\":");
        assertMemoryIsAsPlanned(folder.resolve("log.jsonl"));
        assertThat(folder.resolve("checkpoints")).isNotEmptyDirectory();
        assertThat(run("plan", "--dataset_path", folder.resolve("data").toString(), "--top_mlp_dims", "1024,1024,1"))
                .contains("copies of operands").doesNotContain("WARNING");
        assertThat(run("--mode", "eval", "--dataset_path", folder.resolve("data").toString(), "--restore_checkpoint_path",
                folder.resolve("checkpoints").toString(), "--log_path", folder.resolve("eval.jsonl").toString()))
                .contains("done: AUC " + reached.group(1).substring(0, 4));
    }

    /** Some seconds of training on a small data set: nearly all of it is the process's own, and not all code has been compiled. */
    private static void assertMemoryIsAsPlanned(Path log) throws IOException {
        String last = Files.readAllLines(log).getLast();
        JsonNode results = JsonMapper.shared().readTree(last.substring(last.indexOf('{'))).get("data");
        double planned = results.get("planned_memory_bytes").asDouble();
        assertThat(results.get("peak_memory_bytes").asDouble()).as("%s", results).isBetween(0.7 * planned, 1.1 * planned);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void simulatedGpusTrainLikeCpus(int ranks, @TempDir Path folder) throws IOException, InterruptedException {
        Files.writeString(folder.resolve("feature_spec.yaml"), """
                channel_spec: {categorical: [color, shop], numerical: [price], label: [clicked]}
                feature_spec:
                  color: {cardinality: 9, dtype: int32, hotness: 1}
                  shop: {alpha: 1.2, cardinality: 400, dtype: int32, hotness: 1}
                  price: {dtype: float16}
                  clicked: {dtype: int8}
                source_spec: null
                """);
        String[] flags = {"train", "--dataset_path", folder.toString(), "--dataset_type", "synthetic", "--synthetic_dataset_train_samples=512",
            "--synthetic_dataset_test_samples=128", "--batch_size=64", "--valid_batch_size=64", "--embedding_dim=8", "--bottom_mlp_dims=16,8",
            "--top_mlp_dims=16,1", "--num_cross_layers=2", "--cross_layer_projection_dim=4", "--learning_rate=0.01", "--max_steps=6", "--print_freq=6",
            "--np=" + ranks};
        Pattern loss = Pattern.compile("step 6/6 .* loss ([0-9.]+)");
        double[] losses = new double[2];
        for (int index = 0; index < losses.length; index++) {
            String output = run(Stream.concat(Arrays.stream(flags), Stream.of("--device", index == 0 ? "cpu" : "cuda-sim")).toArray(String[]::new));
            assertThat(output).doesNotContain("WARNING").contains(index == 0 ? "device: CPU" : "this is a simulation");
            Matcher step = loss.matcher(output);
            assertThat(step.find()).as(output).isTrue();
            losses[index] = Double.parseDouble(step.group(1));
        }
        assertThat(new Tolerance(DataType.FLOAT32, 64).accepts(losses[1], losses[0], 1)).as("%s and %s", losses[0], losses[1]).isTrue();
    }

    private static String run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-jar", LAUNCHER.toString()));
        command.addAll(Arrays.asList(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
