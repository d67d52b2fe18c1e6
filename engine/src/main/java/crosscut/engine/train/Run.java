package crosscut.engine.train;

import crosscut.engine.UserException;
import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.RunConfig;
import crosscut.engine.config.TrainingConfig;
import crosscut.engine.data.Dataset;
import crosscut.engine.data.Datasets;
import crosscut.engine.memory.DescribedCollectives;
import crosscut.engine.memory.DescribedDevice;
import crosscut.engine.memory.FittingThreshold;
import crosscut.engine.memory.MemoryPlan;
import crosscut.engine.model.DenseLayout;
import crosscut.engine.parallel.PlacementPlan;
import crosscut.engine.parallel.TablePlacement;
import crosscut.engine.parallel.World;
import crosscut.engine.profile.StepWatch;
import crosscut.engine.progress.ProgressEvent;
import crosscut.engine.progress.ProgressListener;
import crosscut.kernels.device.CpuWorkingMemory;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.WorkingMemory;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One run from its configuration to its results: opens the data and hands over to the mode. */
public final class Run {

    private final RunConfig config;
    private final Device device;
    private final World world;
    private final ProgressListener listener;
    private final StopRequest stop;
    private final StepWatch watch;

    /** A run of one rank. */
    public Run(RunConfig config, Device device, ProgressListener listener, StopRequest stop) {
        this(config, device, World.single(), listener, stop);
    }

    /**
     * One rank's part of a run.
     *
     * @param world all ranks of the run
     * @param listener hears of it where this is the rank that speaks for all
     * @param stop whoever asks one rank asks them all
     */
    public Run(RunConfig config, Device device, World world, ProgressListener listener, StopRequest stop) {
        this(config, device, world, listener, stop, StepWatch.NONE);
    }

    /**
     * One rank's part of a run whose training steps are watched; what the watch has seen comes as messages at the end.
     *
     * @param device where it is computed; a watch that times launches has its own around the real one
     */
    public Run(RunConfig config, Device device, World world, ProgressListener listener, StopRequest stop, StepWatch watch) {
        this.config = config;
        this.device = device;
        this.world = world;
        this.listener = world.isFirst() ? listener : _ -> {};
        this.stop = stop;
        this.watch = watch;
    }

    /**
     * Makes sure that so many ranks can do a run, before any of them is started.
     *
     * @throws UserException when a batch cannot be divided evenly, or when the mode is one for a single rank
     */
    public static void requireRunsOn(RunConfig config, int ranks) {
        if (config.mode() == RunConfig.Mode.INFERENCE && ranks > 1) {
            throw new UserException("--mode inference measures the latency of one process: use --np 1 instead of " + ranks);
        }
        if (config.mode() == RunConfig.Mode.TRAIN) {
            World.share("--batch_size", config.training().batchSize(), ranks);
        }
        World.share("--valid_batch_size", config.training().validBatchSize(), ranks);
    }

    /**
     * What every rank of a run would allocate, of a model as the flags describe it. Needs the feature spec alone and allocates nothing.
     *
     * @param working what the device in mind allocates for its own work
     * @throws UserException when the feature spec is missing or wrong, or when so many ranks cannot do the run
     */
    public static List<MemoryPlan> memoryPlans(RunConfig config, int ranks, WorkingMemory working) {
        try (Dataset dataset = Datasets.openShape(config.dataset(), config.training().seed())) {
            RunContext context = described(config, ranks, dataset);
            return context.memoryPlans(context.flaggedModel(), working);
        }
    }

    /**
     * Which threshold of offloading makes every rank of a run fit a GPU of so many bytes.
     *
     * @param working what the device in mind allocates for its own work
     * @return empty when none does
     */
    public static Optional<FittingThreshold> fittingThreshold(RunConfig config, int ranks, WorkingMemory working, long gpuBytes) {
        try (Dataset dataset = Datasets.openShape(config.dataset(), config.training().seed())) {
            RunContext context = described(config, ranks, dataset);
            return context.fittingThreshold(context.flaggedModel(), working, gpuBytes);
        }
    }

    /** A run of ranks that do not exist. */
    private static RunContext described(RunConfig config, int ranks, Dataset dataset) {
        requireRunsOn(config, ranks);
        World world = new World(new DescribedCollectives(0, ranks));
        return new RunContext(config, DescribedDevice.open(new CpuWorkingMemory()), world, dataset, _ -> { }, new StopRequest(), StepWatch.NONE);
    }

    /** How the embedding tables of a run will be shared, known without a device. */
    public static PlacementPlan placementPlan(RunConfig config, int ranks) {
        try (Dataset dataset = Datasets.openShape(config.dataset(), config.training().seed())) {
            ModelConfig model = config.model().resolve(dataset.spec());
            TrainingConfig training = config.training();
            return PlacementPlan.of(model, TablePlacement.of(model.tables(), ranks, training.placement()), training.batchSize(),
                    training.precision().computeType().byteSize(), new DenseLayout(model).elements());
        }
    }

    /**
     * Does it.
     *
     * @return false when the run was asked to stop and did so before its end
     */
    public boolean execute() {
        requireRunsOn(config, world.size());
        try (Dataset dataset = Datasets.open(config.dataset(), config.training().seed())) {
            RunContext context = new RunContext(config, device, world, dataset, listener, stop, watch);
            Map<String, Object> results = switch (config.mode()) {
                case TRAIN -> new TrainingRun(context).execute();
                case EVAL -> new EvaluationRun(context).evaluate();
                case INFERENCE -> new EvaluationRun(context).benchmarkInference();
            };
            if (results == null) {
                return false;
            }
            watch.summary().forEach(line -> listener.on(new ProgressEvent.Message(line)));
            listener.on(new ProgressEvent.RunFinished(results));
            return true;
        }
    }
}
