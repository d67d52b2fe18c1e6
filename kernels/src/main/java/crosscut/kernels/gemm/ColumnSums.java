package crosscut.kernels.gemm;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.RowBuffer;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.VectorLoops;
import crosscut.kernels.device.WorkerPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The sum of every column, as a bias gradient needs it. The rows are cut into at most {@value #MAX_BLOCKS} blocks by the shape alone; a block is summed
 * from top to bottom, the blocks in a binary tree.
 */
final class ColumnSums implements Operation {

    private static final int MAX_BLOCKS = 64;
    private static final int MIN_BLOCK_ROWS = 32;
    private static final int COLUMNS_PER_TASK = 512;
    private static final long CACHE_LINE = 64;

    private final WorkerPool pool;
    private final Tensor values;
    private final Tensor sums;
    private final RowBuffer rows;
    private final int blockRows;
    private final int blocks;
    private final long partialStride;
    private final MemorySegment partials;
    private final WorkerPool.Task sumBlock = this::sumBlock;
    private final WorkerPool.Task sumPartials = this::sumPartials;

    /**
     * Binds the op.
     *
     * @param values (batch, out), FLOAT32 or BFLOAT16, at least one row
     * @param sums (1, out) FLOAT32
     */
    ColumnSums(WorkerPool pool, Tensor values, Tensor sums) {
        this.pool = pool;
        this.values = values;
        this.sums = sums;
        rows = new RowBuffer(values, values.columns(), pool.threads());
        blockRows = Math.toIntExact(Math.max(MIN_BLOCK_ROWS, Math.ceilDiv(values.rows(), MAX_BLOCKS)));
        blocks = Math.toIntExact(Math.ceilDiv(values.rows(), blockRows));
        partialStride = Math.ceilDiv((long) values.columns() * Float.BYTES, CACHE_LINE) * CACHE_LINE;
        partials = Arena.ofAuto().allocate(partialStride * blocks, CACHE_LINE);
    }

    @Override
    public void launch(Stream stream) {
        pool.parallel(blocks, sumBlock);
        pool.parallel(Math.ceilDiv(values.columns(), COLUMNS_PER_TASK), sumPartials);
    }

    private void sumBlock(int block, int worker) {
        long partial = block * partialStride;
        long first = (long) block * blockRows;
        long end = Math.min(first + blockRows, values.rows());
        // Not VectorLoops.copy: inlined here, the JIT leaves its vectors on the heap (seen on JDK 25).
        MemorySegment.copy(rows.segment(), rows.load(first, 0, values.columns(), worker), partials, partial, (long) values.columns() * Float.BYTES);
        for (long row = first + 1; row < end; row++) {
            VectorLoops.add(rows.segment(), rows.load(row, 0, values.columns(), worker), partials, partial, values.columns());
        }
    }

    private void sumPartials(int task, int worker) {
        int column = task * COLUMNS_PER_TASK;
        int columns = Math.min(COLUMNS_PER_TASK, values.columns() - column);
        long offset = (long) column * Float.BYTES;
        for (int distance = 1; distance < blocks; distance *= 2) {
            for (int block = 0; block + distance < blocks; block += 2 * distance) {
                VectorLoops.add(partials, (block + distance) * partialStride + offset, partials, block * partialStride + offset, columns);
            }
        }
        MemorySegment.copy(partials, offset, sums.hostSegment(), sums.byteOffset(0, column), (long) columns * Float.BYTES);
    }
}
