package crosscut.engine.data;

import crosscut.engine.UserException;
import crosscut.kernels.batch.InvalidSampleException;
import crosscut.kernels.batch.RawBatch;
import java.util.List;

/**
 * Batches of one epoch, one after the other, in buffers that the consumer takes, uses and gives back. Nothing is allocated per batch. The consumer is one thread.
 * The buffers stay the caller's, who may use them for the next supply once this one is closed.
 */
public interface BatchSupply extends AutoCloseable {

    /**
     * Whole batches as {@link BatchReader#wholeBatches(SampleSource, SampleOrder, long, List)} reads them, for a consumer that cares for latency: small ones are
     * read on its own thread when it asks for them, larger ones by a thread ahead of it.
     */
    static BatchSupply wholeBatches(SampleSource source, SampleOrder order, long firstBatch, List<RawBatch> ring) {
        return ring.getFirst().layout().bytesPerBatch() <= DirectBatchReader.MOST_BYTES
                ? DirectBatchReader.wholeBatches(source, order, firstBatch, ring.getFirst())
                : BatchReader.wholeBatches(source, order, firstBatch, ring);
    }

    /**
     * The next batch or null after the last one. The caller gives it back with {@link #release}.
     *
     * @throws RuntimeException what reading failed with
     */
    RawBatch next();

    /**
     * Gives a batch back to be filled again; the caller must not touch it any more.
     *
     * @throws IllegalArgumentException when it was not handed out, or is given back twice
     */
    void release(RawBatch batch);

    /** For users: where in the data the value lies that a batch of this supply could not be decoded for. */
    UserException located(InvalidSampleException failure);

    /** Ends reading. */
    @Override
    void close();
}
