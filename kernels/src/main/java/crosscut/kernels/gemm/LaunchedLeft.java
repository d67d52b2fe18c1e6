package crosscut.kernels.gemm;

import crosscut.bindings.onednn.MatrixLayout;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.WorkerPool;

/**
 * The transposed left-hand operand of one launch, brought into rows for all blocks of columns at once: oneDNN would do it again for each of them. Rows lie a
 * cache line further apart than they are long, as a power of two would put them all into the same few lines of a cache.
 */
final class LaunchedLeft implements WorkerPool.Task {

    /** A task's part: so many terms of so many rows. */
    static final int TERMS = 128;
    private static final int ROWS = 64;

    private static final int CACHE_LINE = 64;

    /** Bytes between the staged rows of a task, in bf16: pairs of terms of every row. */
    private static final long STAGE_STRIDE = ROWS * Integer.BYTES + CACHE_LINE;
    private static final long STAGE_BYTES = TERMS / 2 * STAGE_STRIDE;

    /** With two blocks of columns the copy costs what it saves. */
    private static final int LEAST_PIECES = 3;

    private final OneDnnMatrixProducts owner;
    private final MatrixView left;
    private final long strideBytes;
    private final int rowParts;
    private int caller;

    /** Whether the operand has a shape that can be copied and is read often enough to be. */
    static boolean suits(MatrixView left, BlockGrid grid) {
        return left.isTransposed() && grid.pieces() >= LEAST_PIECES && left.rows() % ROWS == 0 && left.columns() % TERMS == 0
                && byteSize(left) <= LaunchedRight.MOST_BYTES;
    }

    /** Binds the copying of an operand that {@link #suits} to the first bytes of {@link OneDnnMatrixProducts#operands}. */
    LaunchedLeft(OneDnnMatrixProducts owner, MatrixView left) {
        this.owner = owner;
        this.left = left;
        strideBytes = strideBytes(left);
        rowParts = Math.toIntExact(left.rows() / ROWS);
        owner.operands().reserve(byteSize(left));
        owner.scratch().reserve(STAGE_BYTES);
    }

    private static long strideBytes(MatrixView left) {
        return left.columns() * left.tensor().type().byteSize() + CACHE_LINE;
    }

    /** Bytes of the copy. */
    static long byteSize(MatrixView left) {
        return left.rows() * strideBytes(left);
    }

    /** How {@code rows} rows of the copy lie. */
    MatrixLayout layout(int rows) {
        return OneDnnMatrixProducts.layout(left.tensor().type(), rows, left.columns(), strideBytes / left.tensor().type().byteSize(), 1);
    }

    /** Address of a row of the copy, after {@link #prepare}. */
    long address(long row) {
        return owner.operands().address(caller) + row * strideBytes;
    }

    /** Makes the copy. */
    void prepare() {
        caller = owner.pool().callingWorker();
        owner.pool().parallel(Math.toIntExact(left.columns() / TERMS) * rowParts, this);
    }

    @Override
    public void run(int index, int worker) {
        int row = index % rowParts * ROWS;
        int term = index / rowParts * TERMS;
        long target = owner.operands().byteOffset(caller) + row * strideBytes + (long) term * left.tensor().type().byteSize();
        long from = left.byteOffset(row, term);
        long stride = left.columnStride() * left.tensor().type().byteSize();
        if (left.tensor().type() == DataType.FLOAT32) {
            WordLoops.transpose(left.tensor().hostSegment(), from, stride, TERMS, ROWS, owner.operands().segment(), target, strideBytes);
            return;
        }
        long stage = owner.scratch().byteOffset(worker);
        for (int pair = 0; pair < TERMS / 2; pair++) {
            long first = from + 2 * pair * stride;
            WordLoops.pair(left.tensor().hostSegment(), first, first + stride, owner.scratch().segment(), stage + pair * STAGE_STRIDE, ROWS);
        }
        WordLoops.transpose(owner.scratch().segment(), stage, STAGE_STRIDE, TERMS / 2, ROWS, owner.operands().segment(), target, strideBytes);
    }
}
