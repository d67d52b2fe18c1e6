package crosscut.bench;

import crosscut.engine.config.Precision;
import crosscut.engine.model.ModelParameters;
import crosscut.engine.profile.StepWatch;
import crosscut.engine.train.Trainer;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.device.Device;
import crosscut.kernels.gemm.MatrixLibrary;
import java.util.Map;
import java.util.function.DoubleSupplier;

/** A whole training step on one batch of power-law ids, without reading data: what the benchmark measures and its test compares. */
public final class TrainingStep implements Contender {

    private final Device device;
    private final ModelParameters parameters;
    private final RawBatch batch;
    private final Trainer trainer;

    /** Trains on {@code device}, which {@link #close} closes. */
    public TrainingStep(ModelSize size, int batchSize, Precision precision, Device device) {
        this(StepShape.of(size, batchSize, precision), device);
    }

    /** As {@link #TrainingStep(ModelSize, int, Precision, Device)}, over tables of any shape. */
    public TrainingStep(StepShape shape, Device device) {
        this.device = device;
        parameters = ModelParameters.allocate(device, shape.model(), shape.precision(), shape.training().optimizer());
        parameters.initialize(ModelSize.SEED, false);
        batch = PowerLawBatch.create(device, shape);
        trainer = new Trainer(device, parameters, shape.training(), shape.layout(), 0);
    }

    /** For {@link BuildRace}, which knows this class by name only: a step as a function of nothing that returns the loss. */
    public static DoubleSupplier open(String size, int batchSize, String precision, int threads) {
        StepShape shape = StepShape.of(ModelSize.valueOf(size), batchSize, Precision.valueOf(precision));
        return new TrainingStep(shape, Processor.open(threads, MatrixLibrary.AUTO))::run;
    }

    /** One step; returns the loss of the batch before the update. */
    @Override
    public double run() {
        trainer.step(batch);
        return trainer.loss();
    }

    @Override
    public float[] outputs() {
        return TensorValues.read(device, trainer.model().logits());
    }

    @Override
    public Map<String, String> facts() {
        return Map.of("matrix products", device.matrixProducts().description());
    }

    /** One step that is watched. */
    void run(StepWatch watch) {
        watch.beforeStep();
        trainer.step(batch);
        watch.afterStep(batch);
    }

    /** What every step trains on. */
    public RawBatch batch() {
        return batch;
    }

    @Override
    public void close() {
        trainer.close();
        batch.close();
        parameters.close();
        device.close();
    }
}
