package crosscut.kernels.device.cuda;

import crosscut.kernels.device.Event;
import crosscut.kernels.device.Stream;

/** An event of the driver, without times. */
final class CudaEvent implements Event {

    private final CudaContext context;
    private final long handle;

    private CudaEvent(CudaContext context, long handle) {
        this.context = context;
        this.handle = handle;
    }

    static CudaEvent create(CudaContext context) {
        return context.resources().keep(new CudaEvent(context, context.driver().createEvent()));
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
    public void close() {
        if (context.resources().forget(this)) {
            context.driver().destroyEvent(handle);
        }
    }
}
