package crosscut.kernels.device;

/**
 * A queue of operations that a device runs in order. On the CPU an operation has run when {@link Operation#launch} returns, unless the stream is one for
 * exchanges.
 */
public interface Stream extends AutoCloseable {

    /** Waits until everything launched so far has run. */
    void synchronize();

    /** Lets everything launched from now on run after the mark of {@code event}; the host does not wait. */
    void await(Event event);

    /** Launches {@code operation} here; where the stream is a thread of its own, that thread launches it. */
    default void launch(Operation operation) {
        operation.launch(this);
    }

    /** Closing twice does nothing. */
    @Override
    void close();
}
