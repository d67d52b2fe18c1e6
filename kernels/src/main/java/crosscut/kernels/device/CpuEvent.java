package crosscut.kernels.device;

/** On the CPU only streams for exchanges have marks that are not passed at once. Recorded and waited for by one thread. */
final class CpuEvent implements Event {

    private CpuExchangeStream stream;
    private long mark;

    @Override
    public void record(Stream marked) {
        stream = marked instanceof CpuExchangeStream exchanges ? exchanges : null;
        mark = stream == null ? 0 : stream.mark();
    }

    @Override
    public void synchronize() {
        if (stream != null) {
            stream.await(mark);
        }
    }

    @Override
    public boolean isDone() {
        return stream == null || stream.hasPassed(mark);
    }

    @Override
    public void close() {
        // Holds nothing.
    }
}
