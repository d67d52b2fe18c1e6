package crosscut.kernels.device;

/**
 * An op of the CPU device that treats every element on its own. The (rows, columns) matrix is cut into pieces of a row that fit the first-level cache
 * together, and neighbouring pieces into blocks for the workers; both cuts depend on the shape alone.
 */
public abstract class PiecewiseOperation implements Operation, WorkerPool.Task {

    /** Most columns of a piece: four tensors' pieces take 16 KiB. */
    public static final int PIECE_COLUMNS = 1024;

    private static final int BLOCK_ELEMENTS = 32 * PIECE_COLUMNS;

    private final WorkerPool pool;
    private final int columns;
    private final int piecesPerRow;
    private final long pieces;
    private final long piecesPerBlock;
    private final int blocks;

    protected PiecewiseOperation(WorkerPool pool, long rows, int columns) {
        this.pool = pool;
        this.columns = columns;
        piecesPerRow = Math.ceilDiv(columns, PIECE_COLUMNS);
        pieces = rows * piecesPerRow;
        piecesPerBlock = BLOCK_ELEMENTS / Math.clamp(columns, 1, PIECE_COLUMNS);
        blocks = Math.toIntExact(Math.ceilDiv(pieces, piecesPerBlock));
    }

    @Override
    public void launch(Stream stream) {
        pool.parallel(blocks, this);
    }

    @Override
    public final void run(int index, int worker) {
        long first = index * piecesPerBlock;
        long end = Math.min(first + piecesPerBlock, pieces);
        long row = first / piecesPerRow;
        int column = (int) (first % piecesPerRow) * PIECE_COLUMNS;
        for (long piece = first; piece < end; piece++) {
            piece(row, column, Math.min(PIECE_COLUMNS, columns - column), worker);
            column += PIECE_COLUMNS;
            if (column >= columns) {
                column = 0;
                row++;
            }
        }
    }

    /** Computes columns {@code column} to {@code column + count - 1} of {@code row}; count is at most {@link #PIECE_COLUMNS}. */
    protected abstract void piece(long row, int column, int count, int worker);

    /** A buffer for pieces of {@code tensor}. */
    protected static RowBuffer pieces(Tensor tensor, WorkerPool pool) {
        return new RowBuffer(tensor, PIECE_COLUMNS, pool.threads());
    }
}
