package crosscut.launcher.command;

import crosscut.engine.config.RunConfig;
import crosscut.engine.memory.MemoryPlan;
import crosscut.engine.train.Run;
import crosscut.kernels.device.ByteSize;
import crosscut.launcher.options.DeviceOptions;
import crosscut.launcher.options.FlagValues;
import crosscut.launcher.options.TrainOptions;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Shows what memory a run would take, on this machine or any other: flags and feature spec are all that is needed, neither data nor a GPU. */
@Command(name = "plan", customSynopsis = "crosscut plan [flags of train]",
        description = "Show the memory that train would take with the same flags, part by part and rank by rank: on any machine, also without the data's files "
                + "and with --device cuda without a GPU.")
final class PlanCommand implements Callable<Integer> {

    @Mixin
    private TrainOptions options;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        RunConfig config = options.toPlannedConfig(FlagValues.of(spec));
        DeviceOptions device = options.device();
        List<MemoryPlan> plans = Run.memoryPlans(config, device.ranks(), device.workingMemory());
        MemoryPlan largest = plans.stream().max(Comparator.comparingLong(MemoryPlan::deviceBytes)).orElseThrow();
        PrintWriter out = spec.commandLine().getOut();
        out.println("--device " + device.kind() + ", precision " + device.precision().name().toLowerCase(Locale.ROOT)
                + (plans.size() == 1 ? "" : ", rank " + largest.rank() + " of " + plans.size() + ", which needs most") + ":");
        largest.lines().forEach(out::println);
        if (plans.size() > 1) {
            out.println("on the device by rank: " + plans.stream().map(plan -> ByteSize.text(plan.deviceBytes())).collect(Collectors.joining(", ")));
        }
        if (device.kind().isCuda()) {
            out.println("besides: what the driver and cuBLASLt take for themselves, some hundred MiB, and tables of a few KiB");
        }
        return 0;
    }
}
