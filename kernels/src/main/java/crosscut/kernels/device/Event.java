package crosscut.kernels.device;

/** A mark in the queue of a {@link Stream}. Until it is recorded for the first time it counts as done. */
public interface Event extends AutoCloseable {

    /** Marks the place after everything launched on {@code stream} so far; an earlier mark of this event is forgotten. */
    void record(Stream stream);

    /** Waits, on the host, until everything before the mark has run. */
    void synchronize();

    /** True when everything before the mark has run. */
    boolean isDone();

    /** Frees the event. Closing twice does nothing. */
    @Override
    void close();
}
