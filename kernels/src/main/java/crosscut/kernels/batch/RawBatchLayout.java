package crosscut.kernels.batch;

import crosscut.kernels.device.DataType;
import java.util.ArrayList;
import java.util.List;

/**
 * The columns of a raw batch. Labels and numerical features are those of {@link ColumnExtent#SHARE}; every categorical column has an extent of its own.
 *
 * @param batchSize most samples of {@link ColumnExtent#SHARE}
 * @param globalBatch most samples of {@link ColumnExtent#GLOBAL}
 * @param numericalFeatures values per sample in the numerical column, 0 or more
 * @param numericalType FLOAT16 (tf_raw) or FLOAT32
 * @param categorical one entry per table, in feature order
 */
public record RawBatchLayout(int batchSize, int globalBatch, int numericalFeatures, DataType numericalType, List<CategoricalColumn> categorical) {

    public RawBatchLayout {
        categorical = List.copyOf(categorical);
        if (batchSize < 1 || globalBatch < batchSize || numericalFeatures < 0) {
            throw new IllegalArgumentException("batch of " + batchSize + " samples of " + globalBatch + ", " + numericalFeatures + " numerical features");
        }
    }

    /** The columns of a batch that is not shared: all hold the same samples. */
    public RawBatchLayout(int batchSize, int numericalFeatures, DataType numericalType, List<CategoricalColumn> categorical) {
        this(batchSize, batchSize, numericalFeatures, numericalType, categorical);
    }

    /**
     * One categorical column.
     *
     * @param name feature name, for messages
     * @param cardinality ids lie in [0, cardinality)
     * @param type INT8, INT16 or INT32
     * @param hotness ids per sample, 1 or more, stored next to each other
     * @param extent which samples' ids are here
     */
    public record CategoricalColumn(String name, long cardinality, DataType type, int hotness, ColumnExtent extent) {

        public CategoricalColumn {
            if (cardinality < 1 || hotness < 1) {
                throw new IllegalArgumentException("feature " + name + ": cardinality " + cardinality + ", hotness " + hotness);
            }
        }

        /** A column of the same samples as the labels. */
        public CategoricalColumn(String name, long cardinality, DataType type, int hotness) {
            this(name, cardinality, type, hotness, ColumnExtent.SHARE);
        }

        /** Bytes of one sample. */
        public int sampleBytes() {
            return type.byteSize() * hotness;
        }
    }

    /**
     * The same columns for one rank of several.
     *
     * @param extents by table
     * @param newGlobalBatch samples of all ranks
     */
    public RawBatchLayout withExtents(List<ColumnExtent> extents, int newGlobalBatch) {
        if (extents.size() != categorical.size()) {
            throw new IllegalArgumentException(extents.size() + " extents of " + categorical.size() + " columns");
        }
        List<CategoricalColumn> columns = new ArrayList<>();
        for (int table = 0; table < categorical.size(); table++) {
            CategoricalColumn column = categorical.get(table);
            columns.add(new CategoricalColumn(column.name(), column.cardinality(), column.type(), column.hotness(), extents.get(table)));
        }
        return new RawBatchLayout(batchSize, newGlobalBatch, numericalFeatures, numericalType, columns);
    }

    /** Most samples of a column with such an extent. */
    public int samples(ColumnExtent extent) {
        return switch (extent) {
            case SHARE -> batchSize;
            case GLOBAL -> globalBatch;
            case NONE -> 0;
        };
    }

    /** Whether a table's column has such an extent. */
    public boolean has(ColumnExtent extent) {
        for (int table = 0; table < categorical.size(); table++) {
            if (categorical.get(table).extent() == extent) {
                return true;
            }
        }
        return false;
    }

    /** Ids of one whole batch in the column of a table. */
    private long ids(CategoricalColumn column) {
        return (long) samples(column.extent()) * column.hotness();
    }

    /** Ids of one whole batch over all tables. */
    public long idsPerBatch() {
        return idOffset(categorical.size());
    }

    /** Where the ids of {@code table} start in the decoded id vector, in ids: tables follow each other, each with as many ids as its column holds. */
    public long idOffset(int table) {
        return categorical.subList(0, table).stream().mapToLong(this::ids).sum();
    }

    /** Bytes of all columns of one whole batch, as they are stored. */
    public long bytesPerBatch() {
        return batchSize * (Byte.BYTES + (long) numericalFeatures * numericalType.byteSize())
                + categorical.stream().mapToLong(column -> (long) samples(column.extent()) * column.sampleBytes()).sum();
    }
}
