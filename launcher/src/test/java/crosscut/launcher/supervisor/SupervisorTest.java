package crosscut.launcher.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.engine.UserException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class SupervisorTest {

    private static final Duration START = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int supervise(int ranks, String... behaviours) throws InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(String.valueOf(ranks), folder.toString()));
        arguments.addAll(Arrays.asList(behaviours));
        return FakeLauncher.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments.toArray(String[]::new));
    }

    @Test
    void ranksThatEndWellAreStatus0AndTheirOutputIsShown() throws InterruptedException {
        assertThat(supervise(2, "end")).isZero();
        assertThat(out.toString().lines()).containsExactlyInAnyOrder("rank 0 of 2", "[rank 0] plain output", "[rank 1] plain output");
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            complain |   1 | crosscut: the data is upside down
            break    |  70 | crosscut: internal error: java.lang.IllegalStateException: a bug (run again with --stacktrace)
            kill     | 137 | crosscut: rank 0 of 1 ended with exit status 137 (SIGKILL: often the kernel's when memory is short, dmesg tells)
            """)
    void aSingleRanksFailureIsOneLineAndItsStatus(String behaviour, int status, String line) throws InterruptedException {
        assertThat(supervise(1, behaviour)).isEqualTo(status);
        assertThat(err.toString()).isEqualToIgnoringNewLines(line);
        assertThat(out.toString()).isEqualToIgnoringNewLines("rank 0 of 1");
    }

    @Test
    void whenOneRankFailsTheOthersAreEndedWithin5Seconds() throws InterruptedException, IOException {
        long start = System.nanoTime();
        assertThat(supervise(3, "1:complain", "2:hang", "train")).isEqualTo(1);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(START.plusSeconds(5));
        assertThat(err.toString()).isEqualToIgnoringNewLines("crosscut: rank 1: the data is upside down (exit status 1; the other ranks were ended)");
        assertThat(List.of(0, 1, 2)).allSatisfy(rank -> assertThat(isGone(rank)).isTrue());
    }

    @Test
    void theRankThatFailedIsBlamedAndNotThoseThatLostIt() throws InterruptedException {
        assertThat(supervise(3, "1:complain late", "lose")).isEqualTo(1);
        assertThat(err.toString()).isEqualToIgnoringNewLines("crosscut: rank 1: the data is upside down (exit status 1; the other ranks were ended)");
    }

    @Test
    void aLossWithoutAnotherFailureIsToldAsItIs() throws InterruptedException {
        assertThat(supervise(2, "0:lose", "hang")).isEqualTo(69);
        assertThat(err.toString())
                .isEqualToIgnoringNewLines("crosscut: rank 0: rank 1 closed the connection during all-reduce (exit status 69; the other ranks were ended)");
    }

    @Test
    void aRankThatCannotSayWhyItEndedIsToldWithItsLastLines() throws InterruptedException {
        assertThat(supervise(2, "1:talk and die", "hang")).isEqualTo(137);
        assertThat(err.toString().lines()).hasSize(12).startsWith("crosscut: rank 1 of 2 ended with exit status 137 (SIGKILL: often the kernel's when memory is "
                + "short, dmesg tells); the other ranks were ended", "the last that rank 1 wrote:", "    line 3").endsWith("    line 12");
    }

    @Test
    void aDyingRankIsStartedAgainWithAllOthersAsOftenAsIsAllowed() throws InterruptedException {
        assertThat(supervise(3, "restarts=2", "1:die at first", "end")).isZero();
        assertThat(err.toString()).isEmpty();
        assertThat(out.toString().lines().filter(line -> line.startsWith("crosscut:")))
                .containsExactly("crosscut: rank 1 of 3 ended with exit status 137 (SIGKILL: often the kernel's when memory is short, dmesg tells); "
                        + "the other ranks were ended; restart 1 of 2 of a fake");
        assertThat(out.toString().lines().filter("[rank 1] plain output"::equals)).hasSize(1);
    }

    @Test
    void whenAllRestartsAreUsedTheLastFailureCounts() throws InterruptedException {
        assertThat(supervise(2, "restarts=2", "1:break", "hang")).isEqualTo(70);
        assertThat(out.toString().lines().filter(line -> line.contains("; restart "))).hasSize(2).allMatch(line -> line.contains("a bug"));
        assertThat(err.toString()).isEqualToIgnoringNewLines("crosscut: rank 1: internal error: java.lang.IllegalStateException: a bug (run again with "
                + "--stacktrace) (exit status 70; the other ranks were ended)");
    }

    @Test
    void whatTheUserHasToPutRightIsNotTriedAgain() throws InterruptedException {
        assertThat(supervise(2, "restarts=2", "1:complain", "hang")).isEqualTo(1);
        assertThat(out.toString()).doesNotContain("; restart ");
        assertThat(err.toString()).isEqualToIgnoringNewLines("crosscut: rank 1: the data is upside down (exit status 1; the other ranks were ended)");
    }

    @Test
    void aKilledSupervisorTakesItsRanksAlong() throws Exception {
        Process launcher = startLauncher(2, "hang");
        try {
            await(START, () -> Files.exists(folder.resolve("pid-0")) && Files.exists(folder.resolve("pid-1")));
            launcher.destroyForcibly().waitFor();
            await(Duration.ofSeconds(2), () -> isGone(0) && isGone(1));
        } finally {
            launcher.destroyForcibly();
        }
    }

    @ParameterizedTest
    @CsvSource({"TERM, 143, 2", "INT, 130, 1"})
    void aSignalIsPassedOnAndTheCheckpointsWaitedFor(String signal, int status, int ranks) throws Exception {
        Process launcher = startLauncher(ranks, "train");
        try {
            await(START, () -> Files.exists(folder.resolve("pid-0")) && Files.exists(folder.resolve("pid-" + (ranks - 1))));
            new ProcessBuilder("kill", "-" + signal, String.valueOf(launcher.pid())).start().waitFor();
            assertThat(launcher.waitFor()).isEqualTo(status);
            assertThat(folder.resolve("checkpoint-0")).exists();
            assertThat(folder.resolve("checkpoint-" + (ranks - 1))).exists();
            assertThat(Files.readString(folder.resolve("output"))).contains("saved").doesNotContain("crosscut:");
        } finally {
            launcher.destroyForcibly();
        }
    }

    @Test
    void aProgramThatCannotBeStartedIsToldInOneLine() {
        RankCommand command = new RankCommand(0, Map.of(), List.of(folder.resolve("absent").toString()));
        RankOutput silent = new RankOutput() {
            @Override
            public void event(int rank, crosscut.engine.progress.ProgressEvent event) {
                throw new AssertionError(event);
            }

            @Override
            public void line(int rank, String line) {
                throw new AssertionError(line);
            }

            @Override
            public void notice(String line) {
                throw new AssertionError(line);
            }

            @Override
            public void close() {
                // Nothing is held.
            }
        };
        assertThatThrownBy(() -> new Supervisor(silent, new PrintWriter(err)).run(List.of(command), Restarts.NONE)).isInstanceOf(UserException.class)
                .hasMessageContaining("cannot start rank 0");
    }

    @Test
    void shellLinesCanBePasted() {
        RankCommand command = new RankCommand(0, Map.of("B", "b c", "A", "1", "CROSSCUT_SECRET", "hush"), List.of("java", "--x=it's", "", "plain=1,2"));
        assertThat(command.shellLine()).isEqualTo("A=1 B='b c' CROSSCUT_SECRET=SECRET java '--x=it'\\''s' '' plain=1,2");
    }

    /** A shell that starts tests in the background has them ignore SIGINT, and so would what they start. */
    private Process startLauncher(int ranks, String behaviour) throws IOException {
        return new ProcessBuilder("env", "--default-signal=INT", Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC",
                "-cp", System.getProperty("java.class.path"), FakeLauncher.class.getName(), String.valueOf(ranks), folder.toString(), behaviour)
                .redirectErrorStream(true).redirectOutput(folder.resolve("output").toFile()).start();
    }

    private boolean isGone(int rank) {
        try {
            return ProcessHandle.of(Long.parseLong(Files.readString(folder.resolve("pid-" + rank)))).isEmpty();
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    private static void await(Duration limit, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("still not so after " + limit).isLessThan(deadline);
            Thread.sleep(20);
        }
    }
}
