package crosscut.kernels.device;

/** Takes the host's time when everything launched before it has run, which recording waits for. */
final class HostClockEvent implements TimedEvent {

    private long nanoseconds;
    private boolean isRecorded;

    @Override
    public void record(Stream stream) {
        stream.synchronize();
        nanoseconds = System.nanoTime();
        isRecorded = true;
    }

    @Override
    public double secondsSince(TimedEvent earlier) {
        if (!(earlier instanceof HostClockEvent before)) {
            throw new IllegalArgumentException("times of two kinds of device: " + earlier + " and " + this);
        }
        if (!isRecorded || !before.isRecorded) {
            throw new IllegalStateException("the time between two events of which one was never recorded");
        }
        return (nanoseconds - before.nanoseconds) * 1e-9;
    }

    @Override
    public void synchronize() {
        // Recording has waited.
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
