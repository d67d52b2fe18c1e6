package crosscut.kernels.random;

import crosscut.kernels.device.Tensor;

/** Initialisers that run on the device: they fill whole tables, where copying from the host would take longer than drawing. */
public interface RandomOperations {

    /**
     * Fills with uniform values in [-bound, bound): element (r, c) is a function of (seed, stream, firstRow + r, c, columns) only, whatever device, thread
     * count or shard draws it. Returns when done.
     *
     * @param target (rows, columns) FLOAT32
     * @param firstRow row of the whole table that target's row 0 is
     */
    void uniform(Tensor target, long firstRow, long seed, long stream, float bound);
}
