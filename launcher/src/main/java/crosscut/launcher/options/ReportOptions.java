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

    public boolean verbose() {
        return verbose;
    }

    public boolean dryRun() {
        return dryRun;
    }
}
