package crosscut.bench.distribution;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        assertThat(outcome.output()).contains("[10/10] ", "results: results/binding.md, results/binding.json").doesNotContain("WARNING");
        assertThat(folder.resolve("results/binding.md")).content().contains("JNI, GetPrimitiveArrayCritical", "FFM as our bindings link");
    }

    @Test
    void aLauncherWithoutThemSaysSo() throws IOException, InterruptedException {
        Path lonely = Files.copy(LAUNCHER, folder.resolve("launcher.jar"));
        Outcome outcome = java(List.of("-cp", lonely + File.pathSeparator + LAUNCHER.resolveSibling("lib").resolve("*"), "crosscut.launcher.Main"), "bench");
        assertThat(outcome.output()).startsWith("crosscut: the benchmarks are missing: there is no folder " + folder.resolve("bench")).hasLineCount(1);
        assertThat(outcome.status()).isEqualTo(1);
    }
}
