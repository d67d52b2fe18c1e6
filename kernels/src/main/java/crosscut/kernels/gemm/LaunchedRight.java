package crosscut.kernels.gemm;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.WorkerPool;

/**
 * The right-hand operand of one launch, copied for all blocks of rows at once: oneDNN would do it again for each of them. Blocks of columns lie one
 * after the other, in each of them row after row, in bf16 two rows interleaved.
 */
final class LaunchedRight implements RightCopy, WorkerPool.Task {

    private static final int WIDEST_BLOCK = 64;

    /** Whole blocks of oneDNN's in either type, so that nothing has to be filled up. */
    private static final int ROW_GRAIN = 32;

    /** Below this the operand is in a core's cache and oneDNN's own copy of it costs little. */
    private static final long LEAST_BYTES = 1 << 18;

    /** What is copied at most: beyond it memory held for copies would grow with the batch. */
    static final long MOST_BYTES = 32 << 20;

    private static final int LEAST_ROW_BLOCKS = 2;

    private final OneDnnMatrixProducts owner;
    private final MatrixView right;
    private final BlockGrid grid;
    private final int blockColumns;
    private final long offset;
    private final long blockBytes;
    private long copy;
    private int caller;

    /** Whether the operand has a shape that can be copied and is large enough to be. */
    static boolean suits(MatrixView right, BlockGrid grid) {
        long bytes = right.byteSize();
        return right.rows() % ROW_GRAIN == 0 && right.columns() % WIDEST_BLOCK == 0 && bytes >= LEAST_BYTES && bytes <= MOST_BYTES
                && grid.rowBlocks() >= LEAST_ROW_BLOCKS;
    }

    /**
     * Whether products gain by reading a copy in blocks of {@code blockColumns}. Those on matrix tiles read narrow blocks and are so fast that a copy by all
     * threads at once, which lies in no core's own cache, gains where it is transposed only: oneDNN interleaves rows nearly as fast as it multiplies.
     */
    static boolean pays(MatrixView right, int blockColumns) {
        return right.tensor().type() == DataType.FLOAT32 || blockColumns == WIDEST_BLOCK || right.isTransposed();
    }

    /**
     * Binds the copying of an operand that {@link #suits}.
     *
     * @param blockColumns {@link WorkerMatmul#weightsBlockColumns} of the products that read the copy
     * @param offset bytes that are used already of {@link OneDnnMatrixProducts#operands}
     */
    LaunchedRight(OneDnnMatrixProducts owner, MatrixView right, BlockGrid grid, int blockColumns, long offset) {
        this.owner = owner;
        this.right = right;
        this.grid = grid;
        this.blockColumns = blockColumns;
        this.offset = offset;
        blockBytes = right.rows() * blockColumns * right.tensor().type().byteSize();
        owner.operands().reserve(offset + right.byteSize());
    }

    @Override
    public boolean isFor(int piece, WorkerMatmul product) {
        return product.weightsBlockColumns() == blockColumns;
    }

    @Override
    public long address(int piece) {
        return copy + grid.columnOfPiece(piece) / blockColumns * blockBytes;
    }

    @Override
    public void prepare() {
        caller = owner.pool().callingWorker();
        copy = owner.operands().address(caller) + offset;
        owner.pool().parallel(Math.toIntExact(right.isTransposed() ? right.columns() / blockColumns : right.rows() / ROW_GRAIN), this);
    }

    @Override
    public void run(int index, int worker) {
        long target = owner.operands().byteOffset(caller) + offset;
        if (right.isTransposed()) {
            transpose(index, target + index * blockBytes);
        } else if (right.tensor().type() == DataType.BFLOAT16) {
            pairRows((long) index * ROW_GRAIN, target);
        } else {
            copyRows((long) index * ROW_GRAIN, target);
        }
    }

    private void transpose(int block, long target) {
        int words = Math.toIntExact(right.rows() * right.tensor().type().byteSize() / Integer.BYTES);
        long stride = right.columnStride() * right.tensor().type().byteSize();
        WordLoops.transpose(right.tensor().hostSegment(), right.byteOffset(0, (long) block * blockColumns), stride, blockColumns, words,
                owner.operands().segment(), target, blockColumns * Integer.BYTES);
    }

    /** Block after block: the same rows of all blocks lie a power of two apart, and would drive each other out of the caches. */
    private void pairRows(long first, long target) {
        for (int column = 0; column < right.columns(); column += blockColumns) {
            long to = target + column / blockColumns * blockBytes + first * blockColumns * Short.BYTES;
            for (long row = first; row < first + ROW_GRAIN; row += 2) {
                WordLoops.pair(right.tensor().hostSegment(), right.byteOffset(row, column), right.byteOffset(row + 1, column),
                        owner.operands().segment(), to, blockColumns);
                to += 2L * blockColumns * Short.BYTES;
            }
        }
    }

    private void copyRows(long first, long target) {
        for (int column = 0; column < right.columns(); column += blockColumns) {
            long to = target + column / blockColumns * blockBytes + first * blockColumns * Float.BYTES;
            for (long row = first; row < first + ROW_GRAIN; row++) {
                WordLoops.copy(right.tensor().hostSegment(), right.byteOffset(row, column), owner.operands().segment(), to, blockColumns);
                to += (long) blockColumns * Float.BYTES;
            }
        }
    }
}
