package crosscut.launcher.command;

import crosscut.engine.UserException;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

/**
 * Hands the whole command line over to the benchmarks, which nothing depends on: they are a folder beside the launcher's jar and run in a JVM of their own,
 * whose class path JMH passes on to those that it measures in. What stands here is for the list of commands.
 */
@Command(name = BenchCommand.NAME, description = "Measure this machine and this build: ops, steps, inference, reading, native calls.")
final class BenchCommand {

    static final String NAME = "bench";

    private static final String MAIN_CLASS = "crosscut.bench.run.BenchMain";

    private BenchCommand() {
    }

    /**
     * Runs the benchmarks with this process's input and output.
     *
     * @param arguments what follows the command
     * @return their exit status
     * @throws UserException when they are not there
     */
    static int handOver(List<String> arguments) {
        return handOver(launcher(), arguments);
    }

    static int handOver(Path launcher, List<String> arguments) {
        Path folder = launcher.resolveSibling(NAME);
        if (!Files.isRegularFile(launcher) || !Files.isDirectory(folder)) {
            throw new UserException("the benchmarks are missing: there is no folder " + folder + " beside the launcher's jar; ./crosscut build makes both");
        }
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // JMH itself reads fields through sun.misc.Unsafe.
        command.add("--sun-misc-unsafe-memory-access=allow");
        // Whether the CUDA driver can be called is tried before it is measured.
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("-cp");
        command.add(folder.resolve("*") + File.pathSeparator + launcher);
        command.add(MAIN_CLASS);
        command.addAll(arguments);
        return waitFor(command);
    }

    private static int waitFor(List<String> command) {
        try {
            Process process = new ProcessBuilder(command).inheritIO().start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroy, "end-benchmarks"));
            return process.waitFor();
        } catch (IOException failure) {
            throw new UserException("cannot start the benchmarks: " + failure.getMessage(), failure);
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the benchmarks ran", interruption);
        }
    }

    private static Path launcher() {
        try {
            return Path.of(BenchCommand.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
