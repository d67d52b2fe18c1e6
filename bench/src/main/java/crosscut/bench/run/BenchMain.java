package crosscut.bench.run;

import crosscut.launcher.command.CommandLineMain;
import java.io.PrintWriter;
import java.util.Arrays;
import picocli.CommandLine;

/** Where {@code crosscut bench} goes on in a JVM of its own. */
public final class BenchMain {

    private BenchMain() {
    }

    /** Ends the JVM with the exit status. */
    public static void main(String[] arguments) {
        // A signal ends the JVM that measures too, not this one alone.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> ProcessHandle.current().descendants().forEach(ProcessHandle::destroy), "end-measuring"));
        System.exit(execute(new PrintWriter(System.out, true), new PrintWriter(System.err, true), arguments));
    }

    /** Runs one command line and returns its exit status, one of those of {@link CommandLineMain}. */
    static int execute(PrintWriter out, PrintWriter err, String... arguments) {
        boolean stackTrace = Arrays.asList(arguments).contains("--stacktrace");
        CommandLine command = new CommandLine(new BenchCommand());
        command.setOut(out).setErr(err);
        command.setCaseInsensitiveEnumValuesAllowed(true);
        command.setUsageHelpAutoWidth(true);
        command.setParameterExceptionHandler((failure, _) -> CommandLineMain.usageError(failure, err));
        command.setExecutionExceptionHandler((failure, _, _) -> CommandLineMain.report(failure, stackTrace, err));
        return command.execute(arguments);
    }
}
