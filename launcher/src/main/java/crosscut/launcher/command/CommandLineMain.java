package crosscut.launcher.command;

import crosscut.engine.UserException;
import crosscut.launcher.options.SpecDefaults;
import crosscut.launcher.options.UnsupportedFlag;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * Reads the command line, runs the command and turns every outcome into an exit status: 0, what the command returned, {@value #USER_ERROR} for something the
 * user can put right, {@value #USAGE_ERROR} for a wrong command line, {@value #INTERNAL_ERROR} for a bug of ours.
 */
public final class CommandLineMain {

    /** Exit status after a {@link UserException}. */
    public static final int USER_ERROR = 1;
    /** Exit status after a command line that cannot be understood. */
    public static final int USAGE_ERROR = 2;
    /** Exit status after any other exception (EX_SOFTWARE of sysexits.h). */
    public static final int INTERNAL_ERROR = 70;

    private static final String DEFAULT_COMMAND = "train";
    private static final String STACK_TRACE_FLAG = "--stacktrace";
    private static final int HELP_WIDTH = 110;
    private static final int LONGEST_FLAG_COLUMN = 32;
    private static final List<String> HELP_FLAGS = List.of("--help", "-h");
    private static final List<String> ROOT_FLAGS = List.of("--help", "-h", "--version", "-V");

    private CommandLineMain() {
    }

    /** Called by {@code Main} once a new enough Java runs. */
    public static void main(String[] arguments) {
        System.exit(execute(new PrintWriter(System.out, true), new PrintWriter(System.err, true), arguments));
    }

    /** Runs one command line and returns its exit status; what the parser and the error handlers say goes to {@code out} and {@code err}. */
    static int execute(PrintWriter out, PrintWriter err, String... arguments) {
        boolean stackTrace = Arrays.asList(arguments).contains(STACK_TRACE_FLAG);
        try {
            CommandLine root = parser(out, err, stackTrace);
            List<String> expanded = withCommand(ArgumentFiles.expand(Path.of(""), Arrays.asList(arguments)));
            if (expanded.getFirst().equals(BenchCommand.NAME)) {
                return BenchCommand.handOver(expanded.subList(1, expanded.size()));
            }
            return root.execute(normalised(root, expanded).toArray(String[]::new));
        } catch (ParameterException failure) {
            return usageError(failure, err);
        } catch (RuntimeException failure) {
            return report(failure, stackTrace, err);
        }
    }

    private static CommandLine parser(PrintWriter out, PrintWriter err, boolean stackTrace) {
        CommandLine root = new CommandLine(new CrosscutCommand());
        root.setOut(out).setErr(err);
        root.setExpandAtFiles(false);
        root.setCaseInsensitiveEnumValuesAllowed(true);
        // A recipe's flag can be given again on the command line: the last one counts.
        root.setOverwrittenOptionsAllowed(true);
        root.setUsageHelpWidth(HELP_WIDTH);
        root.setUsageHelpAutoWidth(true);
        root.setUsageHelpLongOptionsMaxWidth(LONGEST_FLAG_COLUMN);
        root.setParameterExceptionHandler((failure, _) -> usageError(failure, err));
        root.setExecutionExceptionHandler((failure, _, _) -> report(failure, stackTrace, err));
        root.getSubcommands().values().forEach(FlagGroupsHelp::install);
        return root;
    }

    /** Prints a failure as the one line that the user sees, and returns the exit status that belongs to it. */
    public static int report(Exception failure, boolean stackTrace, PrintWriter err) {
        if (stackTrace) {
            failure.printStackTrace(err);
        }
        if (failure instanceof UserException) {
            err.println("crosscut: " + failure.getMessage());
            return USER_ERROR;
        }
        err.println("crosscut: internal error: " + failure + (stackTrace ? "" : " (run again with " + STACK_TRACE_FLAG + ")"));
        return INTERNAL_ERROR;
    }

    /** Prints in one line what is wrong with a command line, and returns the exit status that belongs to it. */
    public static int usageError(ParameterException failure, PrintWriter err) {
        String command = failure.getCommandLine().getCommandSpec().qualifiedName();
        err.println("crosscut: " + UsageMessages.of(failure).replaceAll("\\s*\\R\\s*", " ") + " (see " + command + " --help)");
        return USAGE_ERROR;
    }

    private static List<String> withCommand(List<String> arguments) {
        boolean namesNone = arguments.isEmpty() || arguments.getFirst().startsWith("-") && !ROOT_FLAGS.contains(arguments.getFirst());
        if (!namesNone) {
            return arguments;
        }
        List<String> completed = new ArrayList<>(List.of(DEFAULT_COMMAND));
        completed.addAll(arguments);
        return completed;
    }

    private static List<String> normalised(CommandLine root, List<String> arguments) {
        Map<String, CommandLine> commands = root.getSubcommands();
        CommandLine command = commands.getOrDefault(arguments.getFirst(), root);
        if (!(command.getCommand() instanceof TrainCommand || command.getCommand() instanceof PlanCommand)) {
            return new FlagSpelling(command, Map.of()).normalise(arguments);
        }
        FlagSpelling spelling = new FlagSpelling(command, UnsupportedFlag.all());
        List<String> given = spelling.normalise(arguments);
        List<String> completed = new ArrayList<>(given.subList(0, 1));
        if (HELP_FLAGS.stream().noneMatch(given::contains)) {
            completed.addAll(spelling.normalise(new SpecDefaults(command.getCommandSpec().optionsMap().keySet()).flags(given)));
        }
        completed.addAll(given.subList(1, given.size()));
        return completed;
    }
}
