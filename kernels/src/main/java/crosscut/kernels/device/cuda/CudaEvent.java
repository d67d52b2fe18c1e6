package crosscut.kernels.device.cuda;

import crosscut.kernels.device.Event;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.TimedEvent;

/** An event of the driver; those that are handed out as plain events keep no time, which is cheaper. */
final class CudaEvent implements TimedEvent {

    private static final double SECONDS_PER_MILLISECOND = 1e-3;

    private final CudaContext context;
    private final long handle;

    private CudaEvent(CudaContext context, long handle) {
        this.context = context;
        this.handle = handle;
    }

    static Event create(CudaContext context) {
        return context.resources().keep(new CudaEvent(context, context.driver().createEvent()));
    }

    static TimedEvent createTimed(CudaContext context) {
        return context.resources().keep(new CudaEvent(context, context.driver().createTimedEvent()));
    }

    /** The driver's handle of an event that a CUDA device made. */
    static long handle(Event event) {
        if (event instanceof CudaEvent cuda) {
            return cuda.handle;
        }
        throw new IllegalArgumentException("a stream of a CUDA device was to wait for " + event + ", which is no event of a CUDA device");
    }

    @Override
    public void record(Stream stream) {
        context.driver().recordEvent(handle, CudaStream.handle(stream));
    }

    @Override
    public void synchronize() {
        context.driver().synchronizeEvent(handle);
    }

    @Override
    public boolean isDone() {
        return context.driver().isEventDone(handle);
    }

    @Override
    public double secondsSince(TimedEvent earlier) {
        if (!isDone() || !earlier.isDone()) {
            throw new IllegalStateException("the time between two events of which one has not happened yet");
        }
        return context.driver().elapsedMilliseconds(handle(earlier), handle) * SECONDS_PER_MILLISECOND;
    }

    @Override
    public void close() {
        if (context.resources().forget(this)) {
            context.driver().destroyEvent(handle);
        }
    }
}
