package crosscut.kernels.gemm;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One bound product in Java: a task packs the operands of its block piece by piece, sums in fp32, and writes the finished rows once.
 */
final class JavaProduct implements Operation, WorkerPool.Task {

    private final WorkerPool pool;
    private final PanelBuffers buffers;
    private final BlockGrid grid;
    private final int depth;
    private final PanelPacking left;
    private final PanelPacking right;
    private final SumsEpilogue epilogue;

    JavaProduct(WorkerPool pool, ProductTerms terms, PanelBuffers buffers) {
        this.pool = pool;
        this.buffers = buffers;
        depth = Math.toIntExact(terms.left().columns());
        grid = BlockGrid.of(terms);
        left = new PanelPacking(terms.left(), RegisterTile.ROWS, pool.threads());
        right = new PanelPacking(terms.right().transposed(), RegisterTile.COLUMNS, pool.threads());
        epilogue = new SumsEpilogue(terms, pool.threads());
    }

    @Override
    public void launch(Stream stream) {
        pool.parallel(grid.count(), this);
    }

    @Override
    public void run(int index, int worker) {
        long row = grid.row(index);
        int column = grid.column(index);
        int rows = grid.rowCount(row);
        int columns = grid.columnCount(column);
        for (int term = 0; term < depth; term += PanelBuffers.DEPTH) {
            int count = Math.min(PanelBuffers.DEPTH, depth - term);
            left.pack(row, rows, term, count, buffers.left(worker), buffers.stage(worker), worker);
            right.pack(column, columns, term, count, buffers.right(worker), buffers.stage(worker), worker);
            multiply(rows, columns, count, term > 0, worker);
        }
        finish(row, rows, column, columns, worker);
    }

    private void multiply(int rows, int columns, int count, boolean adds, int worker) {
        float[] leftPanels = buffers.left(worker);
        float[] rightPanels = buffers.right(worker);
        int stride = sumsStride(columns);
        for (int c = 0; c < columns; c += RegisterTile.COLUMNS) {
            for (int r = 0; r < rows; r += RegisterTile.ROWS) {
                RegisterTile.multiply(leftPanels, r * count, rightPanels, c * count, count, buffers.sums(worker), r * stride + c, stride, adds);
            }
        }
    }

    /** Floats between two rows of sums: whole tiles. */
    private static int sumsStride(int columns) {
        return Math.ceilDiv(columns, RegisterTile.COLUMNS) * RegisterTile.COLUMNS;
    }

    private void finish(long row, int rows, int column, int columns, int worker) {
        MemorySegment sums = buffers.rows();
        long at = buffers.rowOffset(worker);
        for (int r = 0; r < rows; r++) {
            MemorySegment.copy(buffers.sums(worker), r * sumsStride(columns), sums, ValueLayout.JAVA_FLOAT, at, columns);
            epilogue.finishRow(sums, at, row + r, column, columns, worker);
        }
        epilogue.finishBlock(row, rows, column, columns);
    }
}
