package crosscut.kernels.device;

/** A queue of operations that a device runs in order. On the CPU an operation has run when {@link Operation#launch} returns. */
public interface Stream extends AutoCloseable {

    /** Waits until everything launched so far has run. */
    void synchronize();

    /** Lets everything launched from now on run after the mark of {@code event}; the host does not wait. */
    void await(Event event);

    /** Closing twice does nothing. */
    @Override
    void close();
}
