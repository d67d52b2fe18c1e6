package crosscut.kernels.device.cuda;

import crosscut.kernels.device.Event;
import crosscut.kernels.device.Stream;

/** An event of the driver, without times. */
final class CudaEvent implements Event {

    private final Driver driver;
    private final long handle;
    private boolean isClosed;

    CudaEvent(Driver driver, long handle) {
        this.driver = driver;
        this.handle = handle;
    }

    /** The driver's handle of an event that a CUDA device made. */
    static long handle(Event event) {
        if (event instanceof CudaEvent cuda) {
            return cuda.handle;
        }
        throw new IllegalArgumentException("a stream of the CUDA device was to wait for " + event + ", which is no event of a CUDA device");
    }

    @Override
    public void record(Stream stream) {
        driver.recordEvent(handle, CudaStream.handle(stream));
    }

    @Override
    public void synchronize() {
        driver.synchronizeEvent(handle);
    }

    @Override
    public boolean isDone() {
        return driver.isEventDone(handle);
    }

    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            driver.destroyEvent(handle);
        }
    }
}
