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

    /** Edges are multiples of these: whole vectors and register tiles of every CPU, and the columns that oneDNN packs together. */
    private static final int ROW_GRAIN = 32;
    private static final int COLUMN_GRAIN = 64;

    /**
     * Up to so many rows, walking the weights unpacked is the faster way after all, and narrow blocks give every thread some. Measured with oneDNN 3.13 on
     * Zen 5, one thread, the full-size model's forward pass in fp32: 1 row 1.7 times as fast, 64 rows 1.2 times, 256 rows 1.1 times; 1,024 rows 0.96.
     */
    private static final int FEW_ROWS = 256;
    private static final int NARROWEST_COLUMN_BLOCK = 128;

    /** Multiplications below which a second thread costs more than it takes over. */
    private static final long LEAST_SHARED_WORK = 1 << 20;

    /** The cut of a product. */
    static BlockGrid of(ProductTerms terms) {
        return of(terms.destination().rows(), terms.left().columns(), terms.destination().columns());
    }

    /**
     * The cut of a product.
     *
     * @param depth terms of each sum
     */
    static BlockGrid of(long rows, long depth, int columns) {
        int columnBlocks = Math.ceilDiv(columns, MAX_COLUMN_BLOCK);
        if (rows <= FEW_ROWS && rows * depth * columns >= LEAST_SHARED_WORK) {
            int narrowest = rows <= MIN_ROW_BLOCK ? NARROWEST_COLUMN_BLOCK : 2 * NARROWEST_COLUMN_BLOCK;
            columnBlocks = Math.max(columnBlocks, Math.min(WANTED_BLOCKS, columns / narrowest));
        }
        int columnBlock = roundUp(Math.ceilDiv(columns, columnBlocks), COLUMN_GRAIN);
        int wantedRowBlocks = Math.ceilDiv(WANTED_BLOCKS, columnBlocks);
        long rowBlock = Math.clamp(Math.ceilDiv(rows, wantedRowBlocks), MIN_ROW_BLOCK, MAX_ROW_BLOCK);
        return new BlockGrid(rows, columns, roundUp((int) rowBlock, ROW_GRAIN), columnBlock);
    }

    private static int roundUp(int size, int grain) {
        return Math.ceilDiv(size, grain) * grain;
    }

    /** Number of blocks in a column of blocks. */
    int rowBlocks() {
        return Math.toIntExact(Math.ceilDiv(rows, rowBlock));
    }

    /** Number of blocks. */
    int count() {
        return rowBlocks() * pieces();
    }

    /** Number of blocks in a row of blocks: pieces of the right-hand operand. */
    int pieces() {
        return Math.ceilDiv(columns, columnBlock);
    }

    /** Which piece of the right-hand operand a block needs. */
    int piece(int index) {
        return index / rowBlocks();
    }

    /** First column of a piece. */
    int columnOfPiece(int piece) {
        return piece * columnBlock;
    }

    /** First row of a block. */
    long row(int index) {
        return (long) (index % rowBlocks()) * rowBlock;
    }

    /** First column of a block. */
    int column(int index) {
        return columnOfPiece(piece(index));
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
