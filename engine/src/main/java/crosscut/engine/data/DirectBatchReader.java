package crosscut.engine.data;

import crosscut.engine.UserException;
import crosscut.kernels.batch.InvalidSampleException;
import crosscut.kernels.batch.RawBatch;

/** Reads each batch when it is asked for, on the thread that asks: for batches so small that handing them over, as a {@link BatchReader} does, costs more. */
final class DirectBatchReader implements BatchSupply {

    /**
     * Bytes of a batch, as it is stored, up to which the consumer should read it itself. Measured on 2 cores with samples of 72 bytes: with a thread that reads,
     * the 99th percentile of inference latencies was 9 times the median at 1 row and 3.6 times at 32, without one 1.8 times. From 32 rows on samples in files
     * do not care; synthetic ones, a microsecond each to make up, are scored the faster with a thread the more rows there are.
     */
    static final long MOST_BYTES = 4 << 10;

    private final BatchSequence sequence;
    private final RawBatch buffer;
    private boolean isHandedOut;
    private boolean isClosed;

    private DirectBatchReader(BatchSequence sequence, RawBatch buffer) {
        this.sequence = sequence;
        this.buffer = buffer;
    }

    /**
     * Reads whole batches of a single rank.
     *
     * @param source the whole split
     * @param order where the samples of this epoch lie
     * @param firstBatch how many batches of the epoch are already done
     * @param buffer that every batch is read into
     * @throws IllegalArgumentException when the split has fewer samples than one batch, see {@link BatchReader#requireOneBatch}
     */
    static DirectBatchReader wholeBatches(SampleSource source, SampleOrder order, long firstBatch, RawBatch buffer) {
        return new DirectBatchReader(BatchSequence.whole(source, 0, order, firstBatch, buffer.layout()), buffer);
    }

    /**
     * {@inheritDoc}
     *
     * @throws IllegalStateException when the batch before is not given back, or the reader is closed
     */
    @Override
    public RawBatch next() {
        if (isClosed || isHandedOut) {
            throw new IllegalStateException("the reader of " + sequence.split() + (isClosed ? " is closed" : " has one buffer, which is not given back"));
        }
        if (!sequence.hasNext()) {
            return null;
        }
        sequence.readNext(buffer);
        isHandedOut = true;
        return buffer;
    }

    @Override
    public void release(RawBatch batch) {
        if (batch != buffer || !isHandedOut) {
            throw new IllegalArgumentException("the batch was not handed out by this reader, or is released twice");
        }
        isHandedOut = false;
    }

    @Override
    public UserException located(InvalidSampleException failure) {
        return sequence.located(failure);
    }

    @Override
    public void close() {
        isClosed = true;
    }
}
