package crosscut.engine.train;

import crosscut.engine.config.TrainingConfig;
import crosscut.engine.model.Dcnv2;
import crosscut.engine.model.ModelParameters;
import crosscut.engine.optimizer.GradientScaling;
import crosscut.engine.optimizer.StepValues;
import crosscut.engine.parallel.World;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OwnedResources;
import crosscut.kernels.device.Stream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** One training step, again and again. */
public final class Trainer implements AutoCloseable {

    private final OwnedResources resources = new OwnedResources();
    private final Device device;
    private final Stream stream;
    private final StepValues stepValues;
    private final GradientScaling scaling;
    private final Dcnv2 model;
    private final BatchPreparation preparation;
    private final Operation finishGradients;
    private final Operation updateDense;
    private final Operation everything;
    private final StepSums sums;
    private final MemorySegment lossOnHost;
    private final AgreementSchedule agreements;
    private long lastAgreement = System.nanoTime();
    private long step;
    private double learningRate;

    /**
     * Binds the step.
     *
     * @param layout columns of the raw batches that {@link #step} will be given
     * @param firstStep steps already done, 0 for a new training
     */
    public Trainer(Device device, ModelParameters parameters, TrainingConfig config, RawBatchLayout layout, long firstStep) {
        this.device = device;
        this.step = firstStep;
        this.agreements = new AgreementSchedule(firstStep);
        World world = parameters.world();
        int share = world.shareOf("--batch_size", config.batchSize());
        try {
            this.lossOnHost = resources.keep(Arena.ofShared()).allocate(Float.BYTES, Float.BYTES);
            this.stream = resources.keep(device.createStream("compute"));
            this.stepValues = resources.keep(new StepValues(device, config.optimizer()));
            this.scaling = config.precision().needsLossScale() ? resources.keep(new GradientScaling(device, config.lossScaling())) : null;
            this.model = resources.keep(parameters.trainingPass(device, share,
                    new Dcnv2.Learning(config.optimizer().rule(), stepValues.tensor(), scaling == null ? null : scaling.state())));
            this.preparation = resources.keep(new BatchPreparation(device, model, layout, stream));
            this.finishGradients = scaling == null ? _ -> { }
                    : scaling.finish(world, List.of(parameters.dense().flatGradients()), stepValues.tensor());
            this.sums = world.isSingle() ? null : resources.keep(new StepSums(device, world, model.loss()));
            this.updateDense = parameters.dense().update(config.optimizer().rule(), stepValues.tensor());
            this.everything = device.capture("training step", stream, this::launch);
        } catch (RuntimeException | Error failure) {
            resources.closeAfter(failure);
            throw failure;
        }
    }

    /**
     * Trains on this rank's share of one whole batch: {@link #prepare}, then {@link #step()}. The batch must stay as it is until {@link #synchronize}.
     */
    public void step(RawBatch batch) {
        prepare(batch);
        step();
    }

    /**
     * Gives this rank's share of the next whole batch. Launches its preparation where that {@linkplain #preparesAhead gains from it}. The batch must stay as it
     * is until what {@link #batchStream} holds after its {@link #step()} has run.
     */
    public void prepare(RawBatch batch) {
        preparation.give(batch);
    }

    /** Trains on the batch that was given. Launches everything and returns; {@link #loss} waits for the result. */
    public void step() {
        learningRate = stepValues.write(step, stream);
        preparation.take(stream);
        everything.launch(stream);
        step++;
    }

    /** Whether the next batch should be given as soon as a step has been launched, so that it is prepared beside it. */
    boolean preparesAhead() {
        return preparation.overlaps();
    }

    /** What batches are read on: with what it holds when a step has been launched, the step's batch has been read. */
    Stream batchStream() {
        return preparation.stream();
    }

    /** The step from the look-up to the updates; the device records it once and replays it. */
    private void launch(Stream main) {
        model.forwardToLoss(main);
        model.backward(main);
        finishGradients.launch(main);
        model.updateTables(main);
        updateDense.launch(main);
    }

    /** The loss scale, null where the precision needs none. */
    GradientScaling scaling() {
        return scaling;
    }

    /**
     * Waits for the steps launched so far.
     *
     * @throws crosscut.kernels.batch.InvalidSampleException when one of their batches has a bad value
     */
    public void synchronize() {
        stream.synchronize();
        preparation.check();
    }

    /** Steps done, over all epochs and restarts. */
    public long stepsDone() {
        return step;
    }

    /** The rate that the newest step used. */
    public double learningRate() {
        return learningRate;
    }

    /**
     * Whether this is a step after which all ranks have to {@link #agreeOnStop}. Same answer on all ranks.
     *
     * @param wanted whether something that all ranks know asks for it
     */
    public boolean isAgreementDue(boolean wanted) {
        return wanted || sums == null || agreements.isDueAfter(step);
    }

    /**
     * Waits for the steps launched so far and says whether to stop: true on all ranks when it is true on any.
     *
     * @param stopHere whether this rank was asked to
     */
    public boolean agreeOnStop(boolean stopHere) {
        if (sums == null) {
            return stopHere;
        }
        long now = System.nanoTime();
        sums.exchange(stream, stopHere, (now - lastAgreement) * 1e-9 / Math.max(1, agreements.stepsSince(step)));
        agreements.agreed(step, sums.secondsPerStep());
        lastAgreement = System.nanoTime();
        return sums.isStopWanted();
    }

    /** Mean loss of the newest step's global batch; with several ranks that of the newest {@link #agreeOnStop}. */
    public double loss() {
        if (sums != null) {
            return sums.loss();
        }
        synchronize();
        device.read(model.loss().memory(), model.loss().byteOffset(), lossOnHost);
        return lossOnHost.get(ValueLayout.JAVA_FLOAT, 0);
    }

    /** The training pass, which can also evaluate batches of the same size. */
    public Dcnv2 model() {
        return model;
    }

    @Override
    public void close() {
        stream.synchronize();
        resources.close();
    }
}
