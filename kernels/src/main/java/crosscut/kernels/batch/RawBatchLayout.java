package crosscut.kernels.batch;

import crosscut.kernels.device.DataType;
import java.util.List;

/**
 * The columns of a raw batch.
 *
 * @param batchSize most samples a batch holds
 * @param numericalFeatures values per sample in the numerical column, 0 or more
 * @param numericalType FLOAT16 (tf_raw) or FLOAT32
 * @param categorical one entry per table, in feature order
 */
public record RawBatchLayout(int batchSize, int numericalFeatures, DataType numericalType, List<CategoricalColumn> categorical) {

    public RawBatchLayout {
        categorical = List.copyOf(categorical);
        if (batchSize < 1 || numericalFeatures < 0) {
            throw new IllegalArgumentException("batch of " + batchSize + " samples, " + numericalFeatures + " numerical features");
        }
    }

    /**
     * One categorical column.
     *
     * @param name feature name, for messages
     * @param cardinality ids lie in [0, cardinality)
     * @param type INT8, INT16 or INT32
     * @param hotness ids per sample, 1 or more, stored next to each other
     */
    public record CategoricalColumn(String name, long cardinality, DataType type, int hotness) {

        public CategoricalColumn {
            if (cardinality < 1 || hotness < 1) {
                throw new IllegalArgumentException("feature " + name + ": cardinality " + cardinality + ", hotness " + hotness);
            }
        }

        /** Bytes of one sample. */
        public int sampleBytes() {
            return type.byteSize() * hotness;
        }
    }

    /** Ids of one whole batch over all tables. */
    public long idsPerBatch() {
        return categorical.stream().mapToLong(column -> (long) batchSize * column.hotness()).sum();
    }

    /** Where the ids of {@code table} start in the decoded id vector, in ids: tables follow each other, each with batchSize * hotness ids. */
    public long idOffset(int table) {
        return categorical.subList(0, table).stream().mapToLong(column -> (long) batchSize * column.hotness()).sum();
    }
}
