package crosscut.launcher.options;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** What people and programs get to see. */
@FlagGroup("Reports")
public final class ReportOptions {

    @Option(names = "--print_freq", paramLabel = "N", defaultValue = "100",
            description = "Steps between two reports; also sets the warm-up of the throughput: twice that. Default: ${DEFAULT-VALUE}")
    private int printFreq;

    @Option(names = "--log_path", paramLabel = "FILE", defaultValue = "crosscut_log.jsonl",
            description = "Log of JSON lines in DLLogger's format; written anew, or continued when a checkpoint is restored. Default: ${DEFAULT-VALUE}")
    private Path logPath;

    @Option(names = "--profile", arity = "1", defaultValue = "false",
            description = "train: time every op of every step from the sixth on and show at the end where a step's time goes, against the copy bandwidth and the "
                    + "matrix product speed measured on the same device. Steps are slower meanwhile. Default: ${DEFAULT-VALUE}")
    private boolean profile;

    @Option(names = "--verbose", arity = "1", defaultValue = "false", description = "Also show the ranks' command lines. Default: ${DEFAULT-VALUE}")
    private boolean verbose;

    @Option(names = "--dry_run", arity = "1", defaultValue = "false",
            description = "Check the flags, show the ranks' command lines and end. Default: ${DEFAULT-VALUE}")
    private boolean dryRun;

    public int printFreq() {
        return printFreq;
    }

    public Path logPath() {
        return logPath;
    }

    public boolean profile() {
        return profile;
    }

    public boolean verbose() {
        return verbose;
    }

    public boolean dryRun() {
        return dryRun;
    }
}
