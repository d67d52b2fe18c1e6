package crosscut.engine.data;

import crosscut.engine.UserException;
import crosscut.kernels.batch.InvalidSampleException;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.batch.RawBatchLayout;

/** What one rank reads of an epoch, batch by batch, whichever thread does it. One thread reads. */
final class BatchSequence {

    private final SampleSource source;
    private final RankBatches batches;
    private final SampleOrder order;
    private final long end;
    private long next;

    private BatchSequence(SampleSource source, RankBatches batches, SampleOrder order, long first, long end) {
        this.source = source;
        this.batches = batches;
        this.order = order;
        this.next = first;
        this.end = end;
    }

    /**
     * Whole batches only.
     *
     * @param layout of the buffers: how large batches and the rank's part are
     * @param first how many batches of the epoch are already done
     * @throws IllegalArgumentException when the split has fewer samples than one batch of all ranks: {@link BatchReader#requireOneBatch} tells users before
     */
    static BatchSequence whole(SampleSource source, int rank, SampleOrder order, long first, RawBatchLayout layout) {
        RankBatches batches = new RankBatches(rank, layout, source.samples());
        if (batches.whole() == 0) {
            throw new IllegalArgumentException(source.split() + " has " + source.samples() + " samples, fewer than one batch of " + batches.globalBatch());
        }
        return new BatchSequence(source, batches, order, first, batches.whole());
    }

    /** All batches, the last of which may be partial. */
    static BatchSequence all(SampleSource source, int rank, SampleOrder order, long first, RawBatchLayout layout) {
        RankBatches batches = new RankBatches(rank, layout, source.samples());
        return new BatchSequence(source, batches, order, first, batches.all());
    }

    /** Name of the split, for messages. */
    String split() {
        return source.split();
    }

    boolean hasNext() {
        return next < end;
    }

    /** Fills a buffer with the next batch, of which there must be one. */
    void readNext(RawBatch target) {
        batches.describe(next, target);
        source.read(order, target);
        next++;
    }

    /** For users: where in the data the value lies that a batch could not be decoded for. Safe beside the thread that reads. */
    UserException located(InvalidSampleException failure) {
        return new UserException(source.locate(failure, order), failure);
    }
}
