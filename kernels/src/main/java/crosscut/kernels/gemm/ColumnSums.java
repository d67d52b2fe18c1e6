package crosscut.kernels.gemm;

import crosscut.kernels.device.BlockSums;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.RowSums;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.util.stream.LongStream;

/** The sum of every column, as a bias gradient needs it: a block of rows is summed from top to bottom, the blocks as {@link BlockSums} does. */
final class ColumnSums implements Operation, WorkerPool.Task {

    private final WorkerPool pool;
    private final Tensor values;
    private final Tensor sums;
    private final RowSums ofBlock;
    private final BlockSums blocks;
    private final long[] offsets;

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
        ofBlock = new RowSums(values);
        blocks = new BlockSums(pool, values.rows(), values.columns());
        long rowBytes = values.rowStride() * values.type().byteSize();
        offsets = LongStream.range(0, blocks.endRow(0)).map(row -> row * rowBytes).toArray();
    }

    @Override
    public void launch(Stream stream) {
        pool.parallel(blocks.blocks(), this);
        blocks.add();
        MemorySegment.copy(blocks.segment(), blocks.offset(0), sums.hostSegment(), sums.byteOffset(), (long) values.columns() * Float.BYTES);
    }

    @Override
    public void run(int block, int worker) {
        long first = blocks.firstRow(block);
        int rows = (int) (blocks.endRow(block) - first);
        ofBlock.sum(values.byteOffset(first, 0), offsets, rows, values.columns(), blocks.segment(), blocks.offset(block));
    }
}
