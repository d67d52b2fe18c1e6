package crosscut.launcher.options;

import crosscut.engine.UserException;
import crosscut.engine.config.OptimizerConfig;
import crosscut.engine.config.RunConfig;
import java.util.Map;
import picocli.CommandLine.Mixin;

/** All flags of {@code train}. */
public final class TrainOptions {

    @Mixin
    private final RunOptions run = new RunOptions();

    @Mixin
    private final DataOptions data = new DataOptions();

    @Mixin
    private final ModelOptions model = new ModelOptions();

    @Mixin
    private final OptimizerOptions optimizer = new OptimizerOptions();

    @Mixin
    private final DeviceOptions device = new DeviceOptions();

    @Mixin
    private final PinningOptions pinning = new PinningOptions();

    @Mixin
    private final NodeOptions nodes = new NodeOptions();

    @Mixin
    private final PlacementOptions placement = new PlacementOptions();

    @Mixin
    private final CheckpointOptions checkpoint = new CheckpointOptions();

    @Mixin
    private final ReportOptions report = new ReportOptions();

    public DeviceOptions device() {
        return device;
    }

    public PinningOptions pinning() {
        return pinning;
    }

    public NodeOptions nodes() {
        return nodes;
    }

    /** Ranks on all machines. */
    public int worldSize() {
        return nodes.count(System.getenv()) * device.ranks();
    }

    public ReportOptions report() {
        return report;
    }

    public CheckpointOptions checkpoint() {
        return checkpoint;
    }

    /** True when a checkpoint is to be restored. */
    public boolean restores() {
        return checkpoint.restores();
    }

    /**
     * The configuration that the engine works with.
     *
     * @param flags every flag in effect by name
     * @throws crosscut.engine.UserException naming the flag whose value cannot be
     */
    public RunConfig toRunConfig(Map<String, Object> flags) {
        device.check();
        return config(flags);
    }

    /** The configuration of a run that is only planned: the device need not be on this machine. */
    public RunConfig toPlannedConfig(Map<String, Object> flags) {
        device.checkValues();
        return config(flags);
    }

    private RunConfig config(Map<String, Object> flags) {
        nodes.check();
        checkpoint.check();
        if (report.profile() && run.mode() != RunConfig.Mode.TRAIN) {
            throw new UserException("--profile times training steps: drop it, or use --mode train");
        }
        OptimizerConfig optimizerConfig = optimizer.toConfig();
        return new RunConfig(run.mode(), data.toConfig(), model.toConfig(),
                run.toConfig(optimizerConfig, device.precision(), device.lossScaling(), report.printFreq(), model.embeddingZeros(),
                        placement.toConfig(device.kind().isCuda())),
                checkpoint.toConfig(), flags);
    }
}
