package crosscut.bench;

import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.batch.RawBatchLayout.CategoricalColumn;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;

/** The one batch that all contenders of a race work on: labels, numerical features, and ids by the power law of the reference's synthetic data. */
public final class PowerLawBatch {

    /** Exponent of the reference's synthetic ids. */
    private static final double ALPHA = 1.45;

    private PowerLawBatch() {
    }

    /** Columns of a batch of {@code batchSize} samples for the model of that size. */
    public static RawBatchLayout layout(ModelSize size, int batchSize) {
        List<CategoricalColumn> columns = size.model().tables().stream()
                .map(table -> new CategoricalColumn(table.name(), table.cardinality(), DataType.INT32, 1)).toList();
        return new RawBatchLayout(batchSize, ModelSize.NUMERICAL_FEATURES, DataType.FLOAT32, columns);
    }

    /** A filled batch on the host side of {@code device}; the same values in every process. The caller closes it. */
    public static RawBatch create(Device device, ModelSize size, int batchSize) {
        RawBatch batch = new RawBatch(device, layout(size, batchSize));
        SplittableRandom random = new SplittableRandom(1);
        for (int sample = 0; sample < batchSize; sample++) {
            batch.labels().set(ValueLayout.JAVA_BYTE, sample, (byte) random.nextInt(2));
            for (int column = 0; column < ModelSize.NUMERICAL_FEATURES; column++) {
                batch.numerical().setAtIndex(ValueLayout.JAVA_FLOAT, (long) sample * ModelSize.NUMERICAL_FEATURES + column, (float) random.nextDouble());
            }
            for (int table = 0; table < ModelSize.TABLES; table++) {
                batch.categorical(table).setAtIndex(ValueLayout.JAVA_INT, sample, id(random.nextDouble(), size.rows()));
            }
        }
        batch.describe(batchSize, 0);
        return batch;
    }

    /** The id that {@code uniform} in [0, 1) stands for in a table of {@code rows}. */
    static int id(double uniform, long rows) {
        double g = 1 - ALPHA;
        return (int) Math.pow(uniform * (Math.pow(rows + 1.0, g) - 1) + 1, 1 / g) - 1;
    }
}
