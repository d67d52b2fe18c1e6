package crosscut.engine.train;

import crosscut.engine.UserException;
import crosscut.engine.checkpoint.Checkpoint;
import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.PlacementConfig;
import crosscut.engine.config.RunConfig;
import crosscut.engine.config.TrainingConfig;
import crosscut.engine.data.Dataset;
import crosscut.engine.data.Datasets;
import crosscut.engine.data.FeatureSpec;
import crosscut.engine.memory.DescribedCollectives;
import crosscut.engine.memory.DescribedDevice;
import crosscut.engine.memory.FittingThreshold;
import crosscut.engine.memory.MemoryPlan;
import crosscut.engine.memory.MemoryUse;
import crosscut.engine.model.DenseLayout;
import crosscut.engine.parallel.PlacementPlan;
import crosscut.engine.parallel.RankInput;
import crosscut.engine.parallel.TablePlacement;
import crosscut.engine.parallel.World;
import crosscut.engine.profile.StepWatch;
import crosscut.engine.progress.ProgressEvent;
import crosscut.engine.progress.ProgressListener;
import crosscut.kernels.batch.RawBatchLayout;
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
            return described(config, ranks, dataset).memoryPlans(working);
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
            return described(config, ranks, dataset).fittingThreshold(working, gpuBytes);
        }
    }

    /** A run of ranks that do not exist. */
    private static RunContext described(RunConfig config, int ranks, Dataset dataset) {
        requireRunsOn(config, ranks);
        WorkingMemory working = new CpuWorkingMemory(1);
        World world = new World(new DescribedCollectives(0, ranks, working));
        ModelConfig model = config.model().resolve(dataset.spec());
        return new RunContext(
                config, DescribedDevice.open(working), world, dataset, model, null, _ -> { }, new StopRequest(), StepWatch.NONE);
    }

    /** How the embedding tables of a run will be shared, known without a device. */
    public static PlacementPlan placementPlan(RunConfig config, int ranks) {
        try (Dataset dataset = Datasets.openShape(config.dataset(), config.training().seed())) {
            ModelConfig model = config.model().resolve(dataset.spec());
            TrainingConfig training = config.training();
            // Nobody has looked whether a batch that is not trained on can be divided.
            RawBatchLayout share = dataset.split(FeatureSpec.TRAIN).layout(Math.max(1, training.batchSize() / ranks));
            return PlacementPlan.of(model, TablePlacement.of(model.tables(), ranks, training.placement()), training.placement().dataParallelInput(), share,
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
        FeatureSpec spec = Datasets.spec(config.dataset());
        Checkpoint restored = config.checkpoint().restorePath() == null ? null : Checkpoint.open(config.checkpoint().restorePath(), world);
        ModelConfig model = model(spec, restored);
        try (Dataset dataset = Datasets.open(config.dataset(), spec, config.training().seed(), input(model)::reads)) {
            RunContext context = new RunContext(config, device, world, dataset, model, restored, listener, stop, watch);
            Map<String, Object> results = switch (config.mode()) {
                case TRAIN -> new TrainingRun(context).execute();
                case EVAL -> new EvaluationRun(context).evaluate();
                case INFERENCE -> new EvaluationRun(context).benchmarkInference();
            };
            if (results == null) {
                return false;
            }
            MemoryUse.largest(context.memoryPlan(), world).ifPresent(use -> use.addTo(results));
            watch.summary().forEach(line -> listener.on(new ProgressEvent.Message(line)));
            listener.on(new ProgressEvent.RunFinished(results));
            return true;
        }
    }

    /** A training trains the model of the flags; otherwise it is the checkpoint's, whatever the model flags say. */
    private ModelConfig model(FeatureSpec spec, Checkpoint restored) {
        ModelConfig flagged = config.model().resolve(spec);
        if (config.mode() == RunConfig.Mode.TRAIN || restored == null) {
            return flagged;
        }
        restored.requireFeatures(flagged);
        restored.differences(flagged).ifPresent(differences -> listener.on(new ProgressEvent.Message(
                "the model is that of " + restored.folder() + " and not that of the flags: " + differences)));
        return restored.state().model();
    }

    private RankInput input(ModelConfig model) {
        PlacementConfig placement = config.training().placement();
        return RankInput.of(TablePlacement.of(model.tables(), world.size(), placement), world.rank(), model.tables().size(), placement.dataParallelInput());
    }
}
