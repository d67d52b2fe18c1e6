package crosscut.launcher.command;

import crosscut.engine.config.RunConfig;
import crosscut.engine.train.Run;
import crosscut.launcher.doctor.Machine;
import crosscut.launcher.options.DeviceOptions;
import crosscut.launcher.options.FlagValues;
import crosscut.launcher.options.PinningOptions;
import crosscut.launcher.options.ReportOptions;
import crosscut.launcher.options.TrainOptions;
import crosscut.launcher.progress.JsonLinesLog;
import crosscut.launcher.progress.OtherNodeOutput;
import crosscut.launcher.progress.RunOutput;
import crosscut.launcher.progress.Terminal;
import crosscut.launcher.supervisor.Nodes;
import crosscut.launcher.supervisor.RankCommand;
import crosscut.launcher.supervisor.RankCommands;
import crosscut.launcher.supervisor.RankOutput;
import crosscut.launcher.supervisor.Supervisor;
import java.io.PrintWriter;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Trains, evaluates or benchmarks a model: checks the flags, then runs one process per rank and shows what they do. */
@Command(name = "train", customSynopsis = "crosscut [train] [flags]",
        description = "Train a model, evaluate a checkpoint (--mode eval) or measure inference (--mode inference). The default command.")
final class TrainCommand implements Callable<Integer> {

    private static final String RANK_MAIN = "crosscut.launcher.rank.RankMain";

    @Mixin
    private TrainOptions options;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        RunConfig config = options.toRunConfig(FlagValues.of(spec));
        Run.requireRunsOn(config, options.worldSize());
        Nodes nodes = options.nodes().toNodes(System.getenv());
        ReportOptions report = options.report();
        PrintWriter out = spec.commandLine().getOut();
        PinningOptions.Binding binding = options.pinning().binding(options.device(), System.getenv());
        List<RankCommand> commands = commands(nodes, binding, List.of());
        if (report.verbose() || report.dryRun()) {
            commands.forEach(command -> out.println(command.shellLine()));
        }
        return report.dryRun() ? 0 : run(config.flags(), nodes, binding, commands, out);
    }

    private int run(Map<String, Object> flags, Nodes nodes, PinningOptions.Binding binding, List<RankCommand> commands, PrintWriter out)
            throws InterruptedException {
        RankOutput output = nodes.isFirst() ? output(flags, out) : new OtherNodeOutput(out);
        options.device().choice().ifPresent(out::println);
        binding.remark().ifPresent(out::println);
        if (nodes.count() > 1) {
            out.println("node " + nodes.node() + " of " + nodes.count() + ": ranks " + commands.getFirst().rank() + " to " + commands.getLast().rank() + " of "
                    + options.worldSize() + (nodes.isFirst() ? "" : "; node 0 shows the progress"));
        }
        // The ranks of another attempt must not meet those of this one.
        CheckpointRestarts.Attempt attempt = more -> commands(options.nodes().toNodes(System.getenv()), binding, more);
        return new Supervisor(output, spec.commandLine().getErr()).run(commands, CheckpointRestarts.of(options.checkpoint(), attempt));
    }

    private RankOutput output(Map<String, Object> flags, PrintWriter out) {
        ReportOptions report = options.report();
        JsonLinesLog log = new JsonLinesLog(report.logPath(), options.restores(), report.printFreq(), Clock.systemDefaultZone());
        log.parameters(flags);
        return new RunOutput(Terminal.renderer(out, report.printFreq()), log, options.worldSize());
    }

    private List<RankCommand> commands(Nodes nodes, PinningOptions.Binding binding, List<String> moreFlags) {
        DeviceOptions device = options.device();
        List<String> flags = new ArrayList<>(spec.commandLine().getParseResult().originalArgs());
        flags.remove(spec.name());
        // What is shown must train when it is pasted into a shell.
        flags.removeIf(flag -> flag.startsWith("--dry_run="));
        flags.add("--threads=" + device.threadsPerRank());
        flags.addAll(moreFlags);
        return new RankCommands(device.ranks(), device.threadsPerRank(), Machine.here().memoryBytes(), RANK_MAIN, binding.processors()).build(nodes, flags);
    }
}
