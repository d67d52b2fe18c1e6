package crosscut.engine.train;

import crosscut.engine.UserException;
import crosscut.engine.checkpoint.Checkpoint;
import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.RunConfig;
import crosscut.engine.config.TableConfig;
import crosscut.engine.config.TrainingConfig;
import crosscut.engine.data.Dataset;
import crosscut.engine.data.FeatureSpec;
import crosscut.engine.data.SampleSource;
import crosscut.engine.memory.FittingThreshold;
import crosscut.engine.memory.MemoryPlan;
import crosscut.engine.parallel.World;
import crosscut.engine.profile.StepWatch;
import crosscut.engine.progress.ProgressEvent;
import crosscut.engine.progress.ProgressListener;
import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.HostMemory;
import crosscut.kernels.device.WorkingMemory;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * What all modes of a run work with.
 *
 * @param config what was asked for
 * @param device where it is computed
 * @param world all ranks of the run
 * @param dataset the opened data, as far as this rank reads them
 * @param model what is trained or evaluated
 * @param restored the checkpoint to start from, null for none
 * @param listener hears of progress
 * @param stop asks for an early end
 * @param watch is told of every training step
 */
record RunContext(
        RunConfig config, Device device, World world, Dataset dataset, ModelConfig model, Checkpoint restored, ProgressListener listener, StopRequest stop,
        StepWatch watch) {

    TrainingConfig training() {
        return config.training();
    }

    /** The split that evaluations read. */
    SampleSource evaluationSplit() {
        String split = config.dataset().evaluationSplit();
        if (!dataset.splits().contains(split)) {
            throw new UserException("--evaluation_split " + split + ": the data set has " + String.join(", ", new TreeSet<>(dataset.splits())) + " only");
        }
        return dataset.split(split);
    }

    /** Samples that this rank evaluates at once; a batch larger than the split would only compute padding. */
    int evaluationShare() {
        int share = world.shareOf("--valid_batch_size", training().validBatchSize());
        return (int) Math.min(share, Math.ceilDiv(evaluationSplit().samples(), world.size()));
    }

    /** Ids are counted in 32 bits. */
    void requireCountableIds(String flag, int batchSize) {
        long ids = model.tables().stream().mapToLong(TableConfig::hotness).sum() * batchSize;
        if (ids > Integer.MAX_VALUE) {
            throw new UserException(flag + " " + batchSize + " makes batches of " + ids + " ids, more than " + Integer.MAX_VALUE + ": use a smaller batch");
        }
    }

    /** What this run is for the memory of any of its ranks. */
    private MemoryPlan.Work work() {
        boolean trains = config.mode() == RunConfig.Mode.TRAIN;
        RawBatchLayout trained = trains ? dataset.split(FeatureSpec.TRAIN).layout(world.shareOf("--batch_size", training().batchSize())) : null;
        int evaluated = config.mode() == RunConfig.Mode.INFERENCE ? training().validBatchSize() : evaluationShare();
        return new MemoryPlan.Work(model, training(), trained, evaluationSplit().layout(evaluated));
    }

    /**
     * What every rank will allocate.
     *
     * @param working what the device in mind allocates for its own work
     */
    List<MemoryPlan> memoryPlans(WorkingMemory working) {
        MemoryPlan.Work work = work();
        return IntStream.range(0, world.size()).mapToObj(rank -> MemoryPlan.of(work, rank, world.size(), working)).toList();
    }

    /** What this rank will allocate. */
    MemoryPlan memoryPlan() {
        return MemoryPlan.of(work(), world.rank(), world.size(), device.workingMemory());
    }

    /** Which threshold of offloading makes every rank fit a device with so many free bytes. */
    Optional<FittingThreshold> fittingThreshold(WorkingMemory working, long free) {
        MemoryPlan.Work work = work();
        return FittingThreshold.find(threshold -> IntStream.range(0, world.size())
                .mapToObj(rank -> MemoryPlan.of(work.withOffloading(threshold), rank, world.size(), working))
                .max(Comparator.comparingLong(MemoryPlan::deviceBytes)).orElseThrow(), free);
    }

    /**
     * The first event of a run, before anything is allocated.
     *
     * @param step at which it starts
     * @throws UserException with the numbers when the run does not fit the device or the host
     */
    void announce(long step) {
        WorkingMemory working = device.workingMemory();
        long free = device.freeMemory();
        MemoryPlan plan = memoryPlan();
        plan.requireFits(device.description(), free, HostMemory.available(), () -> fittingThreshold(working, free));
        if (!world.isFirst()) {
            // Nobody listens, and some of it takes seconds to find out.
            return;
        }
        List<String> description = new RunDescription(this, plan).lines();
        if (restored != null) {
            description.add("restored " + restored.folder() + (step > 0 ? " at step " + step : ""));
        }
        listener.on(new ProgressEvent.RunStarted(config.flags(), description));
    }
}
