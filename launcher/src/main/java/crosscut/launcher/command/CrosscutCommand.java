package crosscut.launcher.command;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The root command; without a command, {@code train} is meant. */
@Command(
        name = "crosscut",
        versionProvider = VersionText.class,
        subcommands = {TrainCommand.class, PlanCommand.class, PreprocessCommand.class, GenerateFeatureSpecCommand.class, TranscribeCommand.class,
            InspectCommand.class, QuickstartCommand.class, BenchCommand.class, DoctorCommand.class, FetchCudaCommand.class},
        synopsisHeading = "%nUsage: ",
        customSynopsis = "crosscut [train] [flags]  or  crosscut COMMAND [flags]",
        header = "Crosscut trains and evaluates DCNv2 click-through-rate models.",
        optionListHeading = "%nFlags:%n",
        commandListHeading = "%nCommands:%n",
        footer = {
            "",
            "crosscut COMMAND --help lists the flags of a command.",
            "--batch_size and --batch-size are the same flag. Switches: --x, --no-x, --nox, --x=False. @FILE reads further arguments from FILE.",
            "Exit status: 0 done, 1 something to put right, 2 wrong command line, 70 internal error, 143 ended by SIGTERM."
        })
final class CrosscutCommand {

    @Option(names = {"-h", "--help"}, usageHelp = true, scope = ScopeType.INHERIT, description = "Show this text.")
    private boolean help;

    @Option(names = {"-V", "--version"}, versionHelp = true, description = "Show the version.")
    private boolean version;

    @Option(names = "--stacktrace", scope = ScopeType.INHERIT, arity = "0", description = "Show where an error came from.")
    private boolean stackTrace;
}
