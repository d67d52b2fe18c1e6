package crosscut.kernels.gemm;

/**
 * How a (rows, columns) result is cut into blocks, one task each. The cut follows from the shape alone, so that every thread count computes the same sums.
 * Blocks are numbered down the rows first: neighbours share the right-hand operand.
 *
 * @param rowBlock rows of every block but the last ones
 * @param columnBlock columns of every block but the last ones
 */
record BlockGrid(long rows, int columns, int rowBlock, int columnBlock) {

    /**
     * Largest block. Measured with oneDNN 3.13 on Zen 5 at 512 x 3456 to 3456 x 512: 256 x 512 runs within 3 % of the whole matrix in one call; with 256
     * columns it walks wide weights unpacked and loses up to 25 %.
     */
    static final int MAX_ROW_BLOCK = 256;
    static final int MAX_COLUMN_BLOCK = 512;

    /** Below this the right-hand operand is repacked more than it is used. */
    private static final int MIN_ROW_BLOCK = 64;

    /** Tasks worth having while blocks stay large enough: keeps 16 threads busy from a batch of 1024 on. */
    private static final int WANTED_BLOCKS = 16;

    /** Edges are multiples of this: whole vectors and register tiles of every CPU. */
    private static final int GRAIN = 32;

    static BlockGrid of(long rows, int columns) {
        int columnBlocks = Math.ceilDiv(columns, MAX_COLUMN_BLOCK);
        int columnBlock = roundUp(Math.ceilDiv(columns, columnBlocks));
        int wantedRowBlocks = Math.ceilDiv(WANTED_BLOCKS, columnBlocks);
        long rowBlock = Math.clamp(Math.ceilDiv(rows, wantedRowBlocks), MIN_ROW_BLOCK, MAX_ROW_BLOCK);
        return new BlockGrid(rows, columns, roundUp((int) rowBlock), columnBlock);
    }

    private static int roundUp(int size) {
        return Math.ceilDiv(size, GRAIN) * GRAIN;
    }

    private int rowBlocks() {
        return Math.toIntExact(Math.ceilDiv(rows, rowBlock));
    }

    /** Number of blocks. */
    int count() {
        return rowBlocks() * Math.ceilDiv(columns, columnBlock);
    }

    /** First row of a block. */
    long row(int index) {
        return (long) (index % rowBlocks()) * rowBlock;
    }

    /** First column of a block. */
    int column(int index) {
        return index / rowBlocks() * columnBlock;
    }

    /** Rows of the block that starts at {@code row}. */
    int rowCount(long row) {
        return (int) Math.min(rowBlock, rows - row);
    }

    /** Columns of the block that starts at {@code column}. */
    int columnCount(int column) {
        return Math.min(columnBlock, columns - column);
    }
}
