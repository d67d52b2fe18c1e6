package crosscut.kernels.device;

/** What was launched on the CPU has run, so every mark has been passed. */
final class CpuEvent implements Event {

    @Override
    public void record(Stream stream) {
        // Everything launched has run already.
    }

    @Override
    public void synchronize() {
        // There is nothing to wait for.
    }

    @Override
    public boolean isDone() {
        return true;
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
