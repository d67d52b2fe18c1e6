package crosscut.bench;

import crosscut.engine.config.Precision;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.batch.RawBatchLayout.CategoricalColumn;
import crosscut.kernels.device.Device;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/**
 * The one batch that all benchmarks and all contenders of a race work on: labels, numerical features, and ids by the power law of the reference's synthetic
 * data.
 */
public final class PowerLawBatch {

    /** Exponent of the reference's synthetic ids. */
    private static final double ALPHA = 1.45;

    private PowerLawBatch() {
    }

    /** A filled batch on the host side of {@code device}; the same values in every process. The caller closes it. */
    public static RawBatch create(Device device, ModelSize size, int batchSize) {
        return create(device, StepShape.of(size, batchSize, Precision.FP32));
    }

    /** As {@link #create(Device, ModelSize, int)}, for tables of any shape. */
    static RawBatch create(Device device, StepShape shape) {
        RawBatch batch = new RawBatch(device, shape.layout());
        fill(batch);
        return batch;
    }

    /** Writes samples into a batch of fp32 numerical features and 32-bit ids. */
    static void fill(RawBatch batch) {
        SplittableRandom random = new SplittableRandom(1);
        int samples = batch.layout().batchSize();
        int numerical = batch.layout().numericalFeatures();
        for (int sample = 0; sample < samples; sample++) {
            batch.labels().set(ValueLayout.JAVA_BYTE, sample, (byte) random.nextInt(2));
            for (int column = 0; column < numerical; column++) {
                batch.numerical().setAtIndex(ValueLayout.JAVA_FLOAT, (long) sample * numerical + column, (float) random.nextDouble());
            }
            for (int table = 0; table < batch.layout().categorical().size(); table++) {
                fill(batch, table, sample, random);
            }
        }
        batch.describe(samples, 0);
    }

    private static void fill(RawBatch batch, int table, int sample, SplittableRandom random) {
        CategoricalColumn column = batch.layout().categorical().get(table);
        for (int place = 0; place < column.hotness(); place++) {
            batch.categorical(table).setAtIndex(ValueLayout.JAVA_INT, (long) sample * column.hotness() + place,
                    id(random.nextDouble(), column.cardinality()));
        }
    }

    /** The id that {@code uniform} in [0, 1) stands for in a table of {@code rows}. */
    static int id(double uniform, long rows) {
        double g = 1 - ALPHA;
        return (int) Math.pow(uniform * (Math.pow(rows + 1.0, g) - 1) + 1, 1 / g) - 1;
    }
}
