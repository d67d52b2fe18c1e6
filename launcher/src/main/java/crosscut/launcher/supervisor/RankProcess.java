package crosscut.launcher.supervisor;

import crosscut.engine.UserException;
import crosscut.launcher.rank.RankFailure;
import crosscut.launcher.rank.RankLifetime;
import crosscut.launcher.rank.RankLines;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One running rank and the two threads that read what it says. Its standard input stays open as long as this process lives. */
final class RankProcess {

    /** Every JVM with the vector module prints it and no flag silences it. */
    private static final String INCUBATOR_WARNING = "WARNING: Using incubator modules";

    /** Enough for the head of a crash report. */
    private static final int LAST_LINES = 10;

    private static final int SIGTERM_STATUS = 143;
    private static final int SIGKILL_STATUS = 137;

    private final int rank;
    private final Process process;
    private final RankLines lines = new RankLines();
    private final RankOutput output;
    private final Deque<String> lastLines = new ArrayDeque<>();
    private final Thread standardOutput;
    private final Thread standardError;
    private volatile RankFailure failure;
    private volatile RuntimeException outputFailure;
    private volatile boolean terminated;
    private volatile boolean killed;

    private RankProcess(int rank, Process process, RankOutput output) {
        this.rank = rank;
        this.process = process;
        this.output = output;
        this.standardOutput = pump("output", process.getInputStream(), this::standardOutputLine);
        this.standardError = pump("errors", process.getErrorStream(), this::standardErrorLine);
    }

    static RankProcess start(RankCommand command, RankOutput output) {
        ProcessBuilder builder = new ProcessBuilder(command.arguments());
        builder.environment().putAll(command.environment());
        try {
            return new RankProcess(command.rank(), builder.start(), output);
        } catch (IOException failure) {
            throw new UserException("cannot start rank " + command.rank() + ": " + failure.getMessage(), failure);
        }
    }

    int rank() {
        return rank;
    }

    /** Completes with this when the process has ended. */
    CompletableFuture<RankProcess> end() {
        return process.onExit().thenApply(_ -> this);
    }

    /** Exit status of the ended process; 128 + n after signal n. */
    int status() {
        return process.exitValue();
    }

    /** What the rank said about its failure, once {@link #awaitOutput} has returned. */
    Optional<RankFailure> failure() {
        return Optional.ofNullable(failure);
    }

    /** The last of what it wrote beside its reports, once {@link #awaitOutput} has returned. */
    List<String> lastLines() {
        synchronized (lastLines) {
            return List.copyOf(lastLines);
        }
    }

    /** Sends SIGTERM. Not by {@link Process#destroy}, which would close the pipes too: the rank still has to write a checkpoint and to say so. */
    void terminate() {
        terminated = true;
        process.toHandle().destroy();
    }

    /** Sends SIGKILL. */
    void kill() {
        killed = true;
        process.toHandle().destroyForcibly();
    }

    /** True for an ended rank that did not fail by itself: it lost another one, or it was us who ended it. */
    boolean failedThroughOthers() {
        return status() == RankLifetime.PEER_LOST || terminated && status() == SIGTERM_STATUS || killed && status() == SIGKILL_STATUS;
    }

    boolean endsWithin(long milliseconds) throws InterruptedException {
        return process.waitFor(milliseconds, TimeUnit.MILLISECONDS);
    }

    void awaitEnd() throws InterruptedException {
        process.waitFor();
    }

    /**
     * Returns when everything that the ended process wrote has been handed on.
     *
     * @throws RuntimeException what the output threw when it was given a line; the rank was killed then
     */
    void awaitOutput() throws InterruptedException {
        standardOutput.join();
        standardError.join();
        if (outputFailure != null) {
            throw outputFailure;
        }
    }

    private void standardOutputLine(String line) {
        Optional<RankFailure> reported = lines.failure(line);
        if (reported.isPresent()) {
            failure = reported.get();
            return;
        }
        lines.event(line).ifPresentOrElse(event -> output.event(rank, event), () -> plainLine(line));
    }

    private void standardErrorLine(String line) {
        if (!line.startsWith(INCUBATOR_WARNING)) {
            plainLine(line);
        }
    }

    private void plainLine(String line) {
        synchronized (lastLines) {
            lastLines.addLast(line);
            if (lastLines.size() > LAST_LINES) {
                lastLines.removeFirst();
            }
        }
        output.line(rank, line);
    }

    private Thread pump(String name, InputStream stream, Consumer<String> handler) {
        return Thread.ofPlatform().daemon().name("rank-" + rank + "-" + name).start(() -> {
            try (BufferedReader reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    handler.accept(line);
                }
            } catch (IOException broken) {
                fail(new UncheckedIOException("reading the " + name + " of rank " + rank, broken));
            } catch (RuntimeException thrown) {
                fail(thrown);
            }
        });
    }

    /** Nobody reads the pipe any more, so the rank would wait for ever when it is full. */
    private void fail(RuntimeException thrown) {
        outputFailure = thrown;
        kill();
    }
}
