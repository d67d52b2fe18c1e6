package crosscut.engine.train;

import crosscut.engine.config.TrainingConfig;
import crosscut.engine.model.Dcnv2;
import crosscut.engine.model.ModelParameters;
import crosscut.engine.optimizer.StepValues;
import crosscut.engine.parallel.World;
import crosscut.kernels.batch.Decoder;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** One training step, again and again. */
public final class Trainer implements AutoCloseable {

    private final Device device;
    private final Stream stream;
    private final StepValues stepValues;
    private final Dcnv2 model;
    private final Decoder decoder;
    private final Operation sumGradients;
    private final Operation updateDense;
    private final StepSums sums;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment lossOnHost = arena.allocate(Float.BYTES, Float.BYTES);
    private RawBatch batch;
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
        this.stream = device.createStream("compute");
        this.stepValues = new StepValues(device, config.optimizer());
        World world = parameters.world();
        int share = world.shareOf("--batch_size", config.batchSize());
        this.model = parameters.trainingPass(device, share, config.optimizer().rule(), stepValues.tensor());
        this.decoder = model.decoder(layout, () -> batch);
        this.sumGradients = parameters.dense().sumGradients(world.collectives());
        this.sums = world.isSingle() ? null : new StepSums(device, world, model.loss());
        this.updateDense = parameters.dense().update(config.optimizer().rule(), stepValues.tensor());
        this.step = firstStep;
    }

    /** Trains on this rank's share of one whole batch. Launches everything and returns; {@link #loss} waits for the result. */
    public void step(RawBatch rawBatch) {
        batch = rawBatch;
        learningRate = stepValues.write(step);
        decoder.upload(stream, stream);
        decoder.decode().launch(stream);
        model.distributeIds(stream);
        model.groupIds(stream);
        model.forward(stream);
        model.loss(stream);
        model.backward(stream);
        model.updateTables(stream);
        sumGradients.launch(stream);
        updateDense.launch(stream);
        step++;
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
     * Whether to stop after this step: true on all ranks when it is true on any. All ranks ask after every step.
     *
     * @param stopHere whether this rank was asked to
     */
    public boolean agreeOnStop(boolean stopHere) {
        if (sums == null) {
            return stopHere;
        }
        sums.exchange(stream, stopHere);
        return sums.isStopWanted();
    }

    /** Mean loss of the newest step's global batch; with several ranks known after {@link #agreeOnStop}. */
    public double loss() {
        if (sums != null) {
            return sums.loss();
        }
        stream.synchronize();
        decoder.check();
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
        decoder.close();
        model.close();
        if (sums != null) {
            sums.close();
        }
        stepValues.close();
        stream.close();
        arena.close();
    }
}
