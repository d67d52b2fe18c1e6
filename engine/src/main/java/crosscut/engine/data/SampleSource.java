package crosscut.engine.data;

import crosscut.kernels.batch.InvalidSampleException;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.batch.RawBatchLayout;

/**
 * One split of a data set with random access by sample index, so that training can start anywhere (resume) and in any order (shuffle). Stateless between
 * calls and safe for one reading thread beside others.
 */
public interface SampleSource extends AutoCloseable {

    /** Name of the split (train, test, validation), for messages. */
    String split();

    /** Number of samples. */
    long samples();

    /** The columns of one sample, for buffers of {@code batchSize}. */
    RawBatchLayout layout(int batchSize);

    /**
     * Fills {@code target} with samples order(first) ... order(first + rows - 1) and calls {@link RawBatch#describe}. Allocates nothing.
     *
     * @param order where the i-th sample of the epoch lies in the split
     */
    void read(SampleOrder order, long first, int rows, RawBatch target);

    /**
     * Where a value lies that no model can read, and what is wrong with it, in one line.
     *
     * @param order that the sample was read in
     */
    default String locate(InvalidSampleException failure, SampleOrder order) {
        return split() + ", sample " + order.sampleAt(failure.sample()) + ": " + failure.problem();
    }

    /** Names the data for checkpoints and logs: the same data give the same text, changed data another. */
    String fingerprint();

    @Override
    void close();
}
