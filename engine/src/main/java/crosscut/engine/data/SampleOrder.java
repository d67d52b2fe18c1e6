package crosscut.engine.data;

/** A permutation of the samples of a split. */
public interface SampleOrder {

    /** As stored: the reference never shuffles, its preprocessing has done so. */
    SampleOrder STORED = position -> position;

    /** Index in the split of the sample at {@code position} of the epoch. */
    long sampleAt(long position);
}
