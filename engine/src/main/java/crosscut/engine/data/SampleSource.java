package crosscut.engine.data;

import crosscut.kernels.batch.ColumnExtent;
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

    /** All columns, for batches of {@code batchSize} that are not shared. */
    RawBatchLayout layout(int batchSize);

    /**
     * Fills every column of {@code target} with samples order(i) of the positions i that it {@linkplain RawBatch#describe(ColumnExtent, int, long) is to hold}
     * there; columns of no extent are left alone. Allocates nothing.
     *
     * @param order where the i-th sample of the epoch lies in the split
     */
    void read(SampleOrder order, RawBatch target);

    /** Fills all columns of a batch that is not shared with samples order(first) ... order(first + rows - 1). */
    default void read(SampleOrder order, long first, int rows, RawBatch target) {
        target.describe(rows, first);
        read(order, target);
    }

    /**
     * Where a value lies that no model can read, and what is wrong with it, in one line.
     *
     * @param order that the sample was read in
     */
    default String locate(InvalidSampleException failure, SampleOrder order) {
        return split() + ", sample " + order.sampleAt(failure.sample()) + ": " + failure.problem();
    }

    /** Names the data for checkpoints and logs: the same data give the same, changed data another. */
    Fingerprint fingerprint();

    @Override
    void close();
}
