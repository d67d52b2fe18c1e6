package crosscut.bench;

import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.batch.RawBatchLayout.CategoricalColumn;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/** Fills batches with samples whose ids follow a power law. */
final class RandomBatch {

    /** Exponent of the reference's synthetic ids. */
    private static final double ALPHA = 1.45;

    private RandomBatch() {
    }

    /** The same samples each time. */
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
                    powerLaw(random.nextDouble(), column.cardinality()));
        }
    }

    private static int powerLaw(double uniform, long cardinality) {
        double g = 1 - ALPHA;
        return (int) Math.pow(uniform * (Math.pow(cardinality + 1.0, g) - 1) + 1, 1 / g) - 1;
    }
}
