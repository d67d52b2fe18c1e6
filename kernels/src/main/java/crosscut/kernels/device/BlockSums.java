package crosscut.kernels.device;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Sums over the rows of a matrix that several threads take on the CPU. The rows are cut into at most {@value #MAX_BLOCKS} blocks by the shape alone; whoever
 * has a block leaves one row of fp32 sums, and these are added in a binary tree. So the result does not depend on the number of threads.
 */
public final class BlockSums {

    private static final int MAX_BLOCKS = 64;
    private static final int MIN_BLOCK_ROWS = 32;
    private static final int COLUMNS_PER_TASK = 512;
    private static final long CACHE_LINE = 64;

    private final WorkerPool pool;
    private final long rows;
    private final int columns;
    private final long blockRows;
    private final int blocks;
    private final long stride;
    private final MemorySegment sums;
    private final WorkerPool.Task addBlocks = this::addBlocks;

    /**
     * Allocates the sums of all blocks.
     *
     * @param rows of the matrix; without any there is one empty block
     * @param columns sums per block
     */
    public BlockSums(WorkerPool pool, long rows, int columns) {
        this.pool = pool;
        this.rows = rows;
        this.columns = columns;
        blockRows = Math.max(MIN_BLOCK_ROWS, Math.ceilDiv(rows, MAX_BLOCKS));
        blocks = Math.toIntExact(Math.max(1, Math.ceilDiv(rows, blockRows)));
        stride = Math.ceilDiv((long) columns * Float.BYTES, CACHE_LINE) * CACHE_LINE;
        sums = Arena.ofAuto().allocate(stride * blocks, CACHE_LINE);
    }

    /** How many blocks there are, at least 1. */
    public int blocks() {
        return blocks;
    }

    /** The first row of a block. */
    public long firstRow(int block) {
        return block * blockRows;
    }

    /** The row behind the last one of a block. */
    public long endRow(int block) {
        return Math.min(firstRow(block) + blockRows, rows);
    }

    /** Where all sums lie. */
    public MemorySegment segment() {
        return sums;
    }

    /** Byte of {@link #segment} where the sums of a block begin. */
    public long offset(int block) {
        return block * stride;
    }

    /** Adds the sums of all blocks; the totals are then those of block 0. */
    public void add() {
        pool.parallel(Math.ceilDiv(columns, COLUMNS_PER_TASK), addBlocks);
    }

    private void addBlocks(int task, int worker) {
        int column = task * COLUMNS_PER_TASK;
        int count = Math.min(COLUMNS_PER_TASK, columns - column);
        long at = (long) column * Float.BYTES;
        for (int distance = 1; distance < blocks; distance *= 2) {
            for (int block = 0; block + distance < blocks; block += 2 * distance) {
                VectorLoops.add(sums, offset(block + distance) + at, sums, offset(block) + at, count);
            }
        }
    }
}
