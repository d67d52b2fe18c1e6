package crosscut.simulator.blas;

import static crosscut.simulator.blas.BlasException.requireSupported;
import static crosscut.simulator.blas.BlasException.requireValid;

/**
 * A matrix as a layout describes it, in column-major terms: a row-major matrix is the transpose of a column-major one.
 *
 * @param rows of the column-major matrix
 * @param leadingDimension elements from a column to the next
 * @param isRowMajor whether the layout was row-major, so that rows and columns are exchanged here
 */
record MatrixShape(ElementType type, int rows, int columns, int leadingDimension, boolean isRowMajor) {

    private static final int ROW_MAJOR = 1;

    /**
     * Reads a layout.
     *
     * @param name of the matrix in messages
     */
    static MatrixShape of(Descriptor layout, String name) {
        ElementType type = ElementType.of(layout.get("TYPE")).orElseThrow(() -> new BlasException(BlasStatus.NOT_SUPPORTED, name + " has data type "
                + layout.get("TYPE")));
        long order = layout.get("ORDER");
        requireSupported(order == 0 || order == ROW_MAJOR, name + " has order " + order + "; the simulator has CUBLASLT_ORDER_COL and _ROW");
        requireSupported(layout.get("BATCH_COUNT") == 1, name + " has a batch count of " + layout.get("BATCH_COUNT") + "; the simulator has no batches");
        boolean isRowMajor = order == ROW_MAJOR;
        long rows = layout.get(isRowMajor ? "COLS" : "ROWS");
        long columns = layout.get(isRowMajor ? "ROWS" : "COLS");
        long leadingDimension = layout.get("LD");
        requireValid(rows > 0 && columns > 0, name + " is " + layout.get("ROWS") + " x " + layout.get("COLS"));
        requireValid(leadingDimension >= rows, name + " has a leading dimension of " + leadingDimension + ", less than the " + rows
                + " elements that it separates");
        requireSupported(leadingDimension * columns <= Integer.MAX_VALUE, name + " has more than 2^31 - 1 elements");
        return new MatrixShape(type, (int) rows, (int) columns, (int) leadingDimension, isRowMajor);
    }

    /** Rows as the layout names them. */
    int layoutRows() {
        return isRowMajor ? columns : rows;
    }

    /** Columns as the layout names them. */
    int layoutColumns() {
        return isRowMajor ? rows : columns;
    }

    /** Bytes of a column, without what lies between columns. */
    long columnBytes() {
        return (long) rows * type.bytes();
    }

    /** Bytes from a column to the next. */
    long strideBytes() {
        return (long) leadingDimension * type.bytes();
    }
}
