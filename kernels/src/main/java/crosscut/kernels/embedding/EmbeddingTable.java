package crosscut.kernels.embedding;

/**
 * One table inside a {@link TableSet}.
 *
 * @param name feature name, for messages
 * @param rows cardinality
 * @param dimension width of a row
 * @param hotness ids per sample
 * @param pooling how the rows of a sample are joined
 * @param elementOffset where row 0 starts in the weight memory, in floats
 * @param idOffset where this table's ids start in the decoded id vector; they are (batch, hotness)
 * @param columnOffset first column of this table's vector in x0
 */
public record EmbeddingTable(
        String name, long rows, int dimension, int hotness, Pooling pooling, long elementOffset, long idOffset, int columnOffset) {

    public EmbeddingTable {
        if (rows < 1 || dimension < 1 || hotness < 1 || elementOffset < 0 || idOffset < 0 || columnOffset < 0) {
            throw new IllegalArgumentException("embedding table " + name + ": " + rows + " rows x " + dimension + ", hotness " + hotness);
        }
    }

    /** rows * dimension. */
    public long elements() {
        return rows * dimension;
    }
}
