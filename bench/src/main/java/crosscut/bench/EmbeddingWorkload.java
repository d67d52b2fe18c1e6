package crosscut.bench;

import crosscut.engine.data.tools.SyntheticVariant;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What an embedding update works on: tables in the shape of the real Criteo data, the ids of a batch by the reference's power law, and a gradient. At a batch
 * of 65,536 the hottest row, of a table of four, occurs about 34,000 times.
 *
 * @param rows of every table
 * @param dimension columns of every table
 * @param batch samples, one id per table each
 */
public record EmbeddingWorkload(List<Long> rows, int dimension, int batch) {

    /** More rows would only add memory that no id of a batch touches. */
    private static final long MOST_ROWS = 100_000;

    /** Tables with Criteo's cardinalities, capped at 100,000 rows. */
    public static EmbeddingWorkload criteo(int dimension, int batch) {
        List<Long> rows = SyntheticVariant.CRITEO_T15_SYNTHETIC.spec(1).features().values().stream().filter(feature -> feature.cardinality().isPresent())
                .map(feature -> Math.min(MOST_ROWS, feature.cardinality().getAsLong())).toList();
        return new EmbeddingWorkload(rows, dimension, batch);
    }

    /** Rows of all tables. */
    public long totalRows() {
        return rows.stream().mapToLong(Long::longValue).sum();
    }

    /** Columns of the gradient: all tables side by side. */
    public int width() {
        return rows.size() * dimension;
    }

    /** The batch's ids of one table. */
    public int[] ids(int table) {
        SplittableRandom random = new SplittableRandom(table);
        int[] ids = new int[batch];
        for (int sample = 0; sample < batch; sample++) {
            ids[sample] = PowerLawBatch.id(random.nextDouble(), rows.get(table));
        }
        return ids;
    }

    /** Fills (batch, {@link #width}) fp32 values. */
    public void fillGradient(MemorySegment gradient) {
        fill(gradient, (long) batch * width(), new SplittableRandom(ModelSize.SEED));
    }

    /** Fills ({@link #totalRows}, dimension) fp32 values, table after table. */
    public void fillWeights(MemorySegment weights) {
        fill(weights, totalRows() * dimension, new SplittableRandom(ModelSize.SEED + 1));
    }

    private static void fill(MemorySegment values, long count, SplittableRandom random) {
        for (long index = 0; index < count; index++) {
            values.setAtIndex(ValueLayout.JAVA_FLOAT, index, (float) random.nextDouble(-1, 1));
        }
    }

    /**
     * The values of {@code weights} by which contenders are compared: of every table the row that occurs most and the last, which occurs seldom.
     */
    public float[] sample(MemorySegment weights) {
        float[] sample = new float[rows.size() * 2 * dimension];
        long firstRow = 0;
        int next = 0;
        for (long count : rows) {
            for (long row : new long[] {firstRow, firstRow + count - 1}) {
                for (int column = 0; column < dimension; column++) {
                    sample[next++] = weights.getAtIndex(ValueLayout.JAVA_FLOAT, row * dimension + column);
                }
            }
            firstRow += count;
        }
        return sample;
    }
}
