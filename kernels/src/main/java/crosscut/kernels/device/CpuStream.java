package crosscut.kernels.device;

/** The CPU runs every operation while it is launched, so there is nothing to queue, and to wait for an exchange the launching thread has to. */
final class CpuStream implements Stream {

    @Override
    public void synchronize() {
        // Everything launched has run already.
    }

    @Override
    public void await(Event event) {
        event.synchronize();
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
