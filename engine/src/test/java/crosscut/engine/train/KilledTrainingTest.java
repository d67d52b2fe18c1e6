package crosscut.engine.train;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.engine.checkpoint.Checkpoint;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kill -9 at 50 random moments or more: whatever carries a final name is complete, and the weights at the end are those of a training that nobody disturbed. */
class KilledTrainingTest {

    private static final int KILLS = 50;
    private static final long SEED = 20261123;
    private static final int LONGEST_LIFE_MILLISECONDS = 300;

    /** Far more than the killed lives reach, so that every kill hits a training at work. */
    private static final long UNREACHABLE_STEPS = 1_000_000;

    @TempDir
    private Path folder;

    @Test
    void killedAndResumedEqualsUndisturbed() throws Exception {
        Files.writeString(folder.resolve("feature_spec.yaml"), """
                channel_spec: {categorical: [a, b], label: [l], numerical: [n]}
                feature_spec:
                  l: {dtype: int8}
                  n: {dtype: float16}
                  a: {alpha: 1.45, cardinality: 50, dtype: int32, hotness: 1}
                  b: {alpha: 1.45, cardinality: 700, dtype: int32, hotness: 2}
                source_spec: null
                """);
        Path killed = folder.resolve("killed");
        Random random = new Random(SEED);
        for (int kill = 0; kill < KILLS || finishedCheckpoints(killed).isEmpty(); kill++) {
            Process process = start(killed, UNREACHABLE_STEPS);
            awaitFirstStep(process);
            assertThat(process.waitFor(random.nextInt(longestLife(kill)), TimeUnit.MILLISECONDS)).as("still running").isFalse();
            process.destroyForcibly().waitFor();
            assertEveryFinishedCheckpointLoads(killed);
        }
        long end = Checkpoint.open(killed).state().step() + 10;
        runToTheEnd(killed, end);
        Path undisturbed = folder.resolve("undisturbed");
        runToTheEnd(undisturbed, end);
        assertThat(Checkpoint.open(killed).state()).isEqualTo(Checkpoint.open(undisturbed).state());
        assertSameTensors(Checkpoint.open(killed).folder(), Checkpoint.open(undisturbed).folder());
    }

    private Process start(Path checkpoints, long steps) throws IOException {
        List<String> command = List.of(ProcessHandle.current().info().command().orElseThrow(), "--enable-native-access=ALL-UNNAMED", "--add-modules",
                "jdk.incubator.vector", "-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
                KilledTraining.class.getName(), folder.toString(), checkpoints.toString(), String.valueOf(steps));
        return new ProcessBuilder(command).redirectError(folder.resolve("errors").toFile()).start();
    }

    private void awaitFirstStep(Process process) throws IOException {
        BufferedReader lines = process.inputReader();
        String line = lines.readLine();
        assertThat(line).as("first line; errors: %s", Files.readString(folder.resolve("errors"))).isEqualTo(KilledTraining.STARTED);
        Thread.ofPlatform().daemon().start(() -> lines.lines().forEach(_ -> {}));
    }

    private void runToTheEnd(Path checkpoints, long steps) throws Exception {
        Process process = start(checkpoints, steps);
        process.inputReader().lines().forEach(_ -> {});
        assertThat(process.waitFor()).as(Files.readString(folder.resolve("errors"))).isZero();
    }

    /** On a machine so busy that none of the lives reached a checkpoint, each that follows may last longer. */
    private static int longestLife(int kill) {
        return LONGEST_LIFE_MILLISECONDS * (1 + Math.max(0, kill - KILLS));
    }

    private static List<Path> finishedCheckpoints(Path checkpoints) throws IOException {
        if (!Files.isDirectory(checkpoints)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(checkpoints)) {
            return entries.filter(path -> path.getFileName().toString().startsWith("checkpoint-")).toList();
        }
    }

    private static void assertEveryFinishedCheckpointLoads(Path checkpoints) throws IOException {
        for (Path checkpoint : finishedCheckpoints(checkpoints)) {
            assertThat(Checkpoint.open(checkpoint).state().step()).isPositive();
        }
    }

    private static void assertSameTensors(Path one, Path other) throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> entries = Files.list(one)) {
            entries.filter(path -> path.toString().endsWith(".safetensors")).forEach(files::add);
        }
        assertThat(files).hasSize(3);
        for (Path file : files) {
            assertThat(Files.mismatch(file, other.resolve(file.getFileName()))).as(file.toString()).isEqualTo(-1);
        }
    }
}
