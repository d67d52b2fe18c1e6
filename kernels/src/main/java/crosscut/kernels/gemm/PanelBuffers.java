package crosscut.kernels.gemm;

import java.lang.foreign.MemorySegment;

/** Packed operands and sums of the block that each worker is computing, shared by all ops of {@link JavaMatrixProducts}. */
final class PanelBuffers implements AutoCloseable {

    /**
     * Terms of the reduction that are packed at a time: a right-hand panel of two vectors of 16 lanes then takes 32 KiB, which the first-level cache holds.
     */
    static final int DEPTH = 256;

    private final float[][] left;
    private final float[][] right;
    private final float[][] stage;
    private final float[][] sums;
    private final WorkerScratch rows;

    PanelBuffers(int workers) {
        left = new float[workers][DEPTH * BlockGrid.MAX_ROW_BLOCK];
        right = new float[workers][DEPTH * BlockGrid.MAX_COLUMN_BLOCK];
        stage = new float[workers][PanelPacking.STAGE_LENGTH];
        sums = new float[workers][BlockGrid.MAX_ROW_BLOCK * BlockGrid.MAX_COLUMN_BLOCK];
        rows = new WorkerScratch(workers);
        rows.reserve((long) BlockGrid.MAX_COLUMN_BLOCK * Float.BYTES);
    }

    float[] left(int worker) {
        return left[worker];
    }

    float[] right(int worker) {
        return right[worker];
    }

    /** Room for a few rows of an operand on their way into a panel. */
    float[] stage(int worker) {
        return stage[worker];
    }

    float[] sums(int worker) {
        return sums[worker];
    }

    /** Memory of one row of sums of every worker, for the loops that finish it. */
    MemorySegment rows() {
        return rows.segment();
    }

    /** Where the row of a worker starts in {@link #rows()}. */
    long rowOffset(int worker) {
        return rows.byteOffset(worker);
    }

    @Override
    public void close() {
        rows.close();
    }
}
