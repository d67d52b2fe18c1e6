package crosscut.bench.cpu;

import crosscut.bench.TurnCommand;
import crosscut.engine.UserException;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A process that works when it is told to and is stopped while it waits. */
final class Side implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();
    private static final int SECONDS_TO_END = 20;
    private static final int SAID_AT_MOST = 800;

    private final String name;
    private final Path errors;
    private final Process process;
    private final BufferedReader answers;
    private final BufferedWriter commands;
    private final Thread killer;

    /**
     * Starts the process.
     *
     * @param command program and arguments
     * @param environment changes the variables that the process inherits
     * @param errors file for its standard error
     */
    Side(String name, List<String> command, Consumer<Map<String, String>> environment, Path errors) {
        this.name = name;
        this.errors = errors;
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
        environment.accept(builder.environment());
        try {
            process = builder.start();
        } catch (IOException failure) {
            throw new UserException(name + " cannot be started: " + failure.getMessage());
        }
        answers = process.inputReader();
        commands = process.outputWriter();
        // A stopped process does not notice that nobody tells it anything any more.
        killer = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(killer);
    }

    String name() {
        return name;
    }

    /** So many runs of the work. */
    Turn steps(int steps) {
        return JSON.treeToValue(ask(new TurnCommand(TurnCommand.Kind.STEPS, steps)), Turn.class);
    }

    /** Runs of the work for that long, at least one. */
    Turn seconds(double seconds) {
        return JSON.treeToValue(ask(new TurnCommand(TurnCommand.Kind.SECONDS, seconds)), Turn.class);
    }

    /** See {@link crosscut.bench.Contender#outputs}. */
    float[] outputs() {
        return JSON.treeToValue(ask(new TurnCommand(TurnCommand.Kind.OUTPUTS, 0)).get("outputs"), float[].class);
    }

    /** See {@link crosscut.bench.Contender#facts}. The first answer comes when the contender is ready. */
    Map<?, ?> facts() {
        return JSON.treeToValue(ask(new TurnCommand(TurnCommand.Kind.FACTS, 0)).get("facts"), Map.class);
    }

    private JsonNode ask(TurnCommand command) {
        Signals.resume(process);
        try {
            commands.write(command.line() + "\n");
            commands.flush();
            for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                if (line.startsWith("{\"")) {
                    Signals.stop(process);
                    return JSON.readTree(line);
                }
            }
        } catch (IOException gone) {
            throw failure(gone);
        }
        throw failure(null);
    }

    private UserException failure(IOException cause) {
        try {
            process.destroyForcibly();
            String said = Files.readString(errors).strip();
            String end = said.substring(Math.max(0, said.length() - SAID_AT_MOST));
            return new UserException(name + " ended with status " + process.waitFor() + ": " + end, cause);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return new UserException(name + " failed", cause);
        }
    }

    @Override
    public void close() {
        try {
            if (process.isAlive()) {
                Signals.resume(process);
            }
            commands.close();
            if (!process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (IOException gone) {
            process.destroyForcibly();
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().removeShutdownHook(killer);
    }
}
