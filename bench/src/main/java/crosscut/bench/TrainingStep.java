package crosscut.bench;

import crosscut.engine.config.LossScaling;
import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.OptimizerConfig;
import crosscut.engine.config.PlacementConfig;
import crosscut.engine.config.Precision;
import crosscut.engine.config.TrainingConfig;
import crosscut.engine.model.ModelParameters;
import crosscut.engine.profile.StepWatch;
import crosscut.engine.train.Trainer;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.batch.RawBatchLayout.CategoricalColumn;
import crosscut.kernels.device.CpuDevice;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.gemm.CpuMatrixProducts;
import crosscut.kernels.gemm.MatrixLibrary;
import crosscut.kernels.optimizer.UpdateRule;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;

/** A whole training step on one batch of power-law ids, without reading data: what the benchmark measures and its test compares. */
public final class TrainingStep implements AutoCloseable {

    /** Exponent of the reference's synthetic ids. */
    private static final double ALPHA = 1.45;

    private final Device device;
    private final ModelParameters parameters;
    private final RawBatch batch;
    private final Trainer trainer;

    TrainingStep(ModelSize size, int batchSize, Precision precision, MatrixLibrary library, int threads) {
        this(size, batchSize, precision, CpuDevice.open(threads, pool -> CpuMatrixProducts.open(pool, library)));
    }

    /** Trains on {@code device}, which {@link #close} closes. */
    TrainingStep(ModelSize size, int batchSize, Precision precision, Device device) {
        this.device = device;
        OptimizerConfig adam = new OptimizerConfig(UpdateRule.Kind.ADAM, 1e-4, 0.9, 0.999, OptimizerConfig.DEFAULT_EPSILON, 0, 1_000_000, 1);
        TrainingConfig config = new TrainingConfig(adam, precision, batchSize, batchSize, 1, -1, 1, 100, 1, false, 8000, false,
                LossScaling.NONE, PlacementConfig.DEFAULT);
        ModelConfig model = size.model();
        parameters = ModelParameters.allocate(device, model, precision, adam);
        parameters.initialize(1, false);
        List<CategoricalColumn> columns = model.tables().stream()
                .map(table -> new CategoricalColumn(table.name(), table.cardinality(), DataType.INT32, 1)).toList();
        RawBatchLayout layout = new RawBatchLayout(batchSize, ModelSize.NUMERICAL_FEATURES, DataType.FLOAT32, columns);
        batch = new RawBatch(device, layout);
        fill(size.rows());
        trainer = new Trainer(device, parameters, config, layout, 0);
    }

    /** For {@link BuildRace}, which knows this class by name only: a step as a function of nothing that returns the loss. */
    public static DoubleSupplier open(String size, int batchSize, String precision, int threads) {
        return new TrainingStep(ModelSize.valueOf(size), batchSize, Precision.valueOf(precision), MatrixLibrary.AUTO, threads)::run;
    }

    private void fill(long cardinality) {
        SplittableRandom random = new SplittableRandom(1);
        int samples = batch.layout().batchSize();
        for (int sample = 0; sample < samples; sample++) {
            batch.labels().set(ValueLayout.JAVA_BYTE, sample, (byte) random.nextInt(2));
            for (int column = 0; column < ModelSize.NUMERICAL_FEATURES; column++) {
                batch.numerical().setAtIndex(ValueLayout.JAVA_FLOAT, (long) sample * ModelSize.NUMERICAL_FEATURES + column, (float) random.nextDouble());
            }
            for (int table = 0; table < ModelSize.TABLES; table++) {
                batch.categorical(table).setAtIndex(ValueLayout.JAVA_INT, sample, powerLaw(random.nextDouble(), cardinality));
            }
        }
        batch.describe(samples, 0);
    }

    private static int powerLaw(double uniform, long cardinality) {
        double g = 1 - ALPHA;
        return (int) Math.pow(uniform * (Math.pow(cardinality + 1.0, g) - 1) + 1, 1 / g) - 1;
    }

    /** One step; returns the loss of the batch before the update. */
    double run() {
        trainer.step(batch);
        return trainer.loss();
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
