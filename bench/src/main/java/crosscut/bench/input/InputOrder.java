package crosscut.bench.input;

import crosscut.engine.data.SampleOrder;
import crosscut.engine.data.ShuffledOrder;

/** In what order an epoch goes through the samples. */
public enum InputOrder {
    /** As they lie in the files. */
    STORED,
    /** A random permutation, sample by sample. */
    SHUFFLED;

    SampleOrder of(long samples) {
        return this == STORED ? SampleOrder.STORED : new ShuffledOrder(samples, 1, 0);
    }
}
