package crosscut.bench;

import crosscut.engine.config.LossScaling;
import crosscut.engine.config.OptimizerConfig;
import crosscut.engine.config.PlacementConfig;
import crosscut.engine.config.Precision;
import crosscut.engine.config.TrainingConfig;
import crosscut.engine.model.ModelParameters;
import crosscut.engine.profile.StepWatch;
import crosscut.engine.train.Trainer;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.device.CpuDevice;
import crosscut.kernels.device.Device;
import crosscut.kernels.gemm.CpuMatrixProducts;
import crosscut.kernels.gemm.MatrixLibrary;
import crosscut.kernels.optimizer.UpdateRule;
import java.util.Map;
import java.util.function.DoubleSupplier;

/** A whole training step on one batch of power-law ids, without reading data: what the benchmark measures and its test compares. */
public final class TrainingStep implements Contender {

    private final Device device;
    private final ModelParameters parameters;
    private final RawBatch batch;
    private final Trainer trainer;

    TrainingStep(ModelSize size, int batchSize, Precision precision, MatrixLibrary library, int threads) {
        this(size, batchSize, precision, CpuDevice.open(threads, pool -> CpuMatrixProducts.open(pool, library)));
    }

    /** Trains on {@code device}, which {@link #close} closes. */
    public TrainingStep(ModelSize size, int batchSize, Precision precision, Device device) {
        this.device = device;
        OptimizerConfig adam = new OptimizerConfig(UpdateRule.Kind.ADAM, 1e-4, 0.9, 0.999, OptimizerConfig.DEFAULT_EPSILON, 0, 1_000_000, 1);
        TrainingConfig config = new TrainingConfig(adam, precision, batchSize, batchSize, 1, -1, 1, 100, 1, false, 8000, false,
                LossScaling.NONE, PlacementConfig.DEFAULT);
        parameters = ModelParameters.allocate(device, size.model(), precision, adam);
        parameters.initialize(ModelSize.SEED, false);
        batch = PowerLawBatch.create(device, size, batchSize);
        trainer = new Trainer(device, parameters, config, batch.layout(), 0);
    }

    /** For {@link BuildRace}, which knows this class by name only: a step as a function of nothing that returns the loss. */
    public static DoubleSupplier open(String size, int batchSize, String precision, int threads) {
        return new TrainingStep(ModelSize.valueOf(size), batchSize, Precision.valueOf(precision), MatrixLibrary.AUTO, threads)::run;
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

    @Override
    public void close() {
        trainer.close();
        batch.close();
        parameters.close();
        device.close();
    }
}
