package crosscut.kernels.device;

/** A queue of operations that a device runs in order. On the CPU an operation has run when {@link Operation#launch} returns. */
public interface Stream extends AutoCloseable {

    /** Waits until everything launched so far has run. */
    void synchronize();

    @Override
    void close();
}
