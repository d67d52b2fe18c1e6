package crosscut.kernels.gemm;

import crosscut.kernels.device.Tensor;

/** A tensor or its transpose as an operand of a product. */
public record MatrixView(Tensor tensor, boolean isTransposed) {

    /** The other way round. */
    public MatrixView transposed() {
        return new MatrixView(tensor, !isTransposed);
    }

    /** So many rows of the operand. */
    MatrixView rowRange(long from, long count) {
        return isTransposed ? columns(from, count) : rows(from, count);
    }

    /** So many columns of the operand. */
    MatrixView columnRange(long from, long count) {
        return isTransposed ? rows(from, count) : columns(from, count);
    }

    private MatrixView rows(long from, long count) {
        return new MatrixView(tensor.rowRange(from, count), isTransposed);
    }

    private MatrixView columns(long from, long count) {
        return new MatrixView(tensor.columnRange(Math.toIntExact(from), Math.toIntExact(count)), isTransposed);
    }

    /** Rows of the operand. */
    public long rows() {
        return isTransposed ? tensor.columns() : tensor.rows();
    }

    /** Columns of the operand. */
    public long columns() {
        return isTransposed ? tensor.rows() : tensor.columns();
    }

    /** Bytes of all elements. */
    long byteSize() {
        return tensor.elements() * tensor.type().byteSize();
    }

    /** Elements between two rows. */
    long rowStride() {
        return isTransposed ? 1 : tensor.rowStride();
    }

    /** Elements between two columns. */
    long columnStride() {
        return isTransposed ? tensor.rowStride() : 1;
    }

    /** Bytes from the start of the tensor's memory to element (row, column). */
    long byteOffset(long row, long column) {
        return isTransposed ? tensor.byteOffset(column, row) : tensor.byteOffset(row, column);
    }

    /** Address of element (row, column). */
    long address(long row, long column) {
        return tensor.memory().address() + byteOffset(row, column);
    }
}
