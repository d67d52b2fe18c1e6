package crosscut.launcher.command;

import crosscut.engine.UserException;
import crosscut.engine.config.RunConfig;
import crosscut.engine.cost.StepCosts;
import crosscut.engine.train.Run;
import crosscut.launcher.options.DeviceOptions;
import crosscut.launcher.options.FlagValues;
import crosscut.launcher.options.PlanOptions;
import crosscut.launcher.options.TrainOptions;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * Shows what memory a run would take, on this machine or any other: flags and feature spec are all that is needed, neither data nor a GPU. Exit status
 * {@value CommandLineMain#USER_ERROR} when it is known not to fit.
 */
@Command(name = "plan", customSynopsis = "crosscut plan [flags of train]",
        description = "Show the memory that train would take with the same flags, part by part and rank by rank: on any machine, also without the data's files "
                + "and with --device cuda without a GPU.")
final class PlanCommand implements Callable<Integer> {

    @Mixin
    private PlanOptions plan;

    @Mixin
    private TrainOptions options;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        RunConfig config = options.toPlannedConfig(FlagValues.of(spec));
        DeviceOptions device = options.device();
        if (plan.costs() && (config.mode() != RunConfig.Mode.TRAIN || options.worldSize() > 1)) {
            throw new UserException("--costs counts the training step of one rank: use it with --mode train and --np 1");
        }
        PlanReport report = new PlanReport(device, plan.gpuBytes(device), Run.memoryPlans(config, options.worldSize(), device.workingMemory()),
                Run.placementPlan(config, options.worldSize()), plan.costs() ? StepCosts.of(config, device.workingMemory()) : null,
                gpuBytes -> Run.fittingThreshold(config, options.worldSize(), device.workingMemory(), gpuBytes));
        PrintWriter out = spec.commandLine().getOut();
        if (plan.json()) {
            out.println(report.toJson());
        } else {
            report.lines().forEach(out::println);
        }
        return report.fits() ? 0 : CommandLineMain.USER_ERROR;
    }
}
