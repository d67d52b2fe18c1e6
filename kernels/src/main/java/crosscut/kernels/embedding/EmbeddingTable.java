package crosscut.kernels.embedding;

/**
 * One table, or some of its rows, inside a {@link TableSet}. Ids name rows of the whole table; those whose row is not here count as nothing.
 *
 * @param name feature name, for messages
 * @param cardinality rows of the whole table: ids are below
 * @param firstRow the first one that is here
 * @param rows how many are here
 * @param dimension width of a row
 * @param hotness ids per sample
 * @param pooling how the rows of a sample are joined
 * @param elementOffset where the first row that is here starts in the weight memory, in floats
 * @param idOffset where this table's ids start in the decoded id vector; they are (batch, hotness)
 * @param columnOffset first column of this table's vector in x0
 */
public record EmbeddingTable(
        String name, long cardinality, long firstRow, long rows, int dimension, int hotness, Pooling pooling, long elementOffset, long idOffset,
        int columnOffset) {

    public EmbeddingTable {
        boolean isPart = firstRow >= 0 && rows >= 1 && firstRow + rows <= cardinality;
        if (!isPart || dimension < 1 || hotness < 1 || elementOffset < 0 || idOffset < 0 || columnOffset < 0) {
            throw new IllegalArgumentException("embedding table " + name + ": " + rows + " rows x " + dimension + " from row " + firstRow + " of " + cardinality
                    + ", hotness " + hotness);
        }
    }

    /** A table with all of its rows. */
    public EmbeddingTable(String name, long rows, int dimension, int hotness, Pooling pooling, long elementOffset, long idOffset, int columnOffset) {
        this(name, rows, 0, rows, dimension, hotness, pooling, elementOffset, idOffset, columnOffset);
    }

    /** rows * dimension. */
    public long elements() {
        return rows * dimension;
    }

    /** Whether the row of an id is here. */
    boolean holds(int id) {
        return id >= firstRow && id < firstRow + rows;
    }

    /** Where the row of an id that is here starts in the weight memory, in bytes. */
    long rowByte(int id) {
        return (elementOffset + (id - firstRow) * dimension) * Float.BYTES;
    }
}
