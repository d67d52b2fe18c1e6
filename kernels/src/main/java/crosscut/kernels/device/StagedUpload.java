package crosscut.kernels.device;

import java.lang.foreign.MemorySegment;

/**
 * Brings a few bytes that change every step to the device without making the host wait: {@link #next} gives a slot of a ring of pinned host memory to write
 * them to, {@link #launch} enqueues the copy of that slot. Never part of a capture, which would repeat the copy of one slot. For one thread at a time.
 */
public interface StagedUpload extends AutoCloseable {

    /**
     * The host memory to write before the next launch, as large as the target. What it holds is left over from an earlier use. Waits only when the copy that
     * used this slot last, one ring ago, is still to be done.
     */
    MemorySegment next();

    /**
     * Enqueues the copy of the slot that {@link #next} gave last.
     *
     * @throws IllegalStateException when no slot was asked for since the last launch
     */
    void launch(Stream stream);

    /** Frees the ring; waits for its copies. Closing twice does nothing. */
    @Override
    void close();
}
