package crosscut.bindings.onednn;

/**
 * How a matrix lies in memory: element (r, c) is {@code r * rowStride + c * columnStride} elements after the first.
 *
 * @param rows 1 or more
 * @param columns 1 or more
 * @param rowStride elements between two rows
 * @param columnStride elements between two columns
 */
public record MatrixLayout(long rows, long columns, ElementType type, long rowStride, long columnStride) {

    /** The same memory read as the transposed matrix. */
    public MatrixLayout transposed() {
        return new MatrixLayout(columns, rows, type, columnStride, rowStride);
    }
}
