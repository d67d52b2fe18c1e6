package crosscut.kernels.gemm;

import crosscut.kernels.device.BlockSums;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.RowBuffer;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.VectorLoops;
import crosscut.kernels.device.WorkerPool;
import java.lang.foreign.MemorySegment;

/** The sum of every column, as a bias gradient needs it: a block of rows is summed from top to bottom, the blocks as {@link BlockSums} does. */
final class ColumnSums implements Operation, WorkerPool.Task {

    private final WorkerPool pool;
    private final Tensor values;
    private final Tensor sums;
    private final RowBuffer rows;
    private final BlockSums blocks;

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
        blocks = new BlockSums(pool, values.rows(), values.columns());
    }

    @Override
    public void launch(Stream stream) {
        pool.parallel(blocks.blocks(), this);
        blocks.add();
        MemorySegment.copy(blocks.segment(), blocks.offset(0), sums.hostSegment(), sums.byteOffset(), (long) values.columns() * Float.BYTES);
    }

    @Override
    public void run(int block, int worker) {
        MemorySegment partials = blocks.segment();
        long partial = blocks.offset(block);
        long first = blocks.firstRow(block);
        // Not VectorLoops.copy: inlined here, the JIT leaves its vectors on the heap (seen on JDK 25).
        MemorySegment.copy(rows.segment(), rows.load(first, 0, values.columns(), worker), partials, partial, (long) values.columns() * Float.BYTES);
        for (long row = first + 1; row < blocks.endRow(block); row++) {
            VectorLoops.add(rows.segment(), rows.load(row, 0, values.columns(), worker), partials, partial, values.columns());
        }
    }
}
