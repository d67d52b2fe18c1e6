package crosscut.bench.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.bindings.LibraryLoader;
import crosscut.bindings.cuda.Cuda;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code crosscut bench} as the build packed it: the launcher without, the distribution with benchmarks. Runs after the package phase. */
class BenchDistributionTest {

    private static final Path LAUNCHER = Path.of("..", "launcher", "target", "crosscut", "launcher.jar").toAbsolutePath().normalize();

    private record Outcome(int status, String output) {}

    @TempDir
    private Path folder;

    private Outcome run(String... arguments) throws IOException, InterruptedException {
        return java(List.of("-jar", LAUNCHER.toString()), arguments);
    }

    private Outcome java(List<String> program, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(program);
        command.addAll(Arrays.asList(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().put("JDK_JAVA_OPTIONS", "-Djmh.ignoreLock=true");
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Outcome(process.waitFor(), output.lines().filter(line -> !line.startsWith("NOTE: Picked up")).reduce("", (all, line) -> all + line + "\n"));
    }

    @Test
    void theLauncherListsAndStartsTheBenchmarks() throws IOException, InterruptedException {
        assertThat(run("--help").output()).contains("  bench  ");
        assertThat(run("bench", "--help").output()).contains("crosscut bench", "quick (", "--threads=N");
        assertThat(run("bench", "nonsense")).satisfies(outcome -> {
            assertThat(outcome.status()).isEqualTo(1);
            assertThat(outcome.output()).startsWith("crosscut: unknown preset 'nonsense'").hasLineCount(1);
        });
    }

    @Test
    void aPresetRunsFromTheDistribution() throws IOException, InterruptedException {
        Outcome outcome = run("bench", "binding", "--seconds", "0.01", "--out", "results");
        assertThat(outcome.status()).as(outcome.output()).isZero();
        assertThat(outcome.output()).contains("results: results/binding.md, results/binding.json").doesNotContain("WARNING")
                .containsPattern("(?m)^\\[(\\d+)/\\1] ");
        String markdown = Files.readString(folder.resolve("results/binding.md"));
        assertThat(markdown).contains("JNI, GetPrimitiveArrayCritical", "FFM as our bindings link");
        // By JCuda where there is a driver, by nothing where there is none, and then it is said.
        boolean hasDriver = Cuda.find(new LibraryLoader()).isLoaded();
        assertThat(markdown.contains("| cuDriverGetVersion | JNI of JCuda")).isEqualTo(hasDriver);
        assertThat(markdown.contains("- cuDriverGetVersion of libcuda.so.1")).isEqualTo(!hasDriver);
    }

    @Test
    void recipesAreTrainedWithEachSeed() throws IOException, InterruptedException {
        Path coupons = Path.of("..", "launcher", "src", "main", "resources", "crosscut", "launcher", "datasets", "coupon").toAbsolutePath().normalize();
        Outcome prepared = run("preprocess", "--layout", coupons.resolve("coupon.yaml").toString(), "--train",
                coupons.resolve("in-vehicle-coupon-recommendation.csv.gz").toString(), "--output", "coupons");
        assertThat(prepared.status()).as(prepared.output()).isZero();
        Files.writeString(folder.resolve("tiny.train"), "--dataset_path coupons --batch_size 1024 --valid_batch_size 4096 --epochs 2 --embedding_dim 4\n"
                + "--bottom_mlp_dims 8,4 --top_mlp_dims 8,1 --num_cross_layers 1 --cross_layer_projection_dim 4");
        Files.writeString(folder.resolve("unprepared.train"), "--dataset_path nowhere");
        Outcome outcome = run("bench", "accuracy", "--recipes", ".", "--seeds", "2", "--threads", "1", "--out", "results");
        assertThat(outcome.status()).as(outcome.output()).isZero();
        assertThat(outcome.output()).contains("left out: unprepared: there is no data set nowhere", "tiny, seed 1: AUC ", "tiny, seed 2: AUC ");
        JsonNode results = JsonMapper.shared().readTree(Files.readString(folder.resolve("results/accuracy.json")));
        JsonNode row = results.get("tables").get(0).get("rows").get(0);
        assertThat(row.get("seeds").asInt()).isEqualTo(2);
        assertThat(row.get("standard deviation").asDouble()).isPositive();
        // What the trainings themselves said: two evaluations each, of which the second counts.
        String log = Files.readString(folder.resolve("results/accuracy.log"));
        assertThat(log).contains("--seed=1 ", "--seed=2 ");
        List<String> evaluations = log.lines().filter(line -> line.startsWith("evaluation after step ")).toList();
        assertThat(evaluations).hasSize(4);
        for (int seed = 1; seed <= 2; seed++) {
            String auc = String.format(Locale.ROOT, ": AUC %.6f,", row.get("AUC of each seed").get(seed - 1).asDouble());
            assertThat(evaluations.get(2 * seed - 1)).contains(auc);
        }
    }

    @Test
    void whatBenchmarksNeedIsNotAmongTheLibrariesOfTheProgram() {
        assertThat(names("bench")).anyMatch(name -> name.startsWith("jcuda-")).anyMatch(name -> name.startsWith("javacpp-"))
                .noneMatch(name -> name.startsWith("jcuda-natives"));
        assertThat(names("lib")).isNotEmpty().noneMatch(name -> name.startsWith("jcuda") || name.startsWith("javacpp") || name.startsWith("jmh"));
    }

    private static List<String> names(String folder) {
        return List.of(LAUNCHER.resolveSibling(folder).toFile().list());
    }

    @Test
    void aLauncherWithoutThemSaysSo() throws IOException, InterruptedException {
        Path lonely = Files.copy(LAUNCHER, folder.resolve("launcher.jar"));
        Outcome outcome = java(List.of("-cp", lonely + File.pathSeparator + LAUNCHER.resolveSibling("lib").resolve("*"), "crosscut.launcher.Main"), "bench");
        assertThat(outcome.output()).startsWith("crosscut: the benchmarks are missing: there is no folder " + folder.resolve("bench")).hasLineCount(1);
        assertThat(outcome.status()).isEqualTo(1);
    }
}
