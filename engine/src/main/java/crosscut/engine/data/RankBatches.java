package crosscut.engine.data;

import crosscut.kernels.batch.ColumnExtent;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.batch.RawBatchLayout;

/**
 * Which samples one rank reads of every global batch: rank r of W its share, samples r B/W to (r + 1) B/W - 1 of a batch of B, and all B in columns that hold
 * those of all ranks.
 *
 * @param rank in [0, W)
 * @param share B/W
 * @param globalBatch B
 * @param samples of the whole split
 */
record RankBatches(int rank, int share, int globalBatch, long samples) {

    RankBatches(int rank, RawBatchLayout layout, long samples) {
        this(rank, layout.batchSize(), layout.globalBatch(), samples);
    }

    /** Batches that are whole. */
    long whole() {
        return samples / globalBatch;
    }

    /** All batches, the last of which may be partial. */
    long all() {
        return Math.ceilDiv(samples, (long) globalBatch);
    }

    /** Says what {@code target} is to hold. Of a partial batch the lower ranks have whole shares and the higher ones a smaller one or none. */
    void describe(long batch, RawBatch target) {
        long first = batch * globalBatch;
        target.describe(ColumnExtent.GLOBAL, Math.clamp(samples - first, 0, globalBatch), first);
        long own = Math.min(first + (long) rank * share, samples);
        target.describe(ColumnExtent.SHARE, Math.clamp(samples - own, 0, share), own);
    }
}
