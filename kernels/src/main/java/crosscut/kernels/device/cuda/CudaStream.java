package crosscut.kernels.device.cuda;

import crosscut.kernels.device.Event;
import crosscut.kernels.device.Stream;

/** A stream of the driver. */
public final class CudaStream implements Stream {

    private final Driver driver;
    private final String name;
    private final long handle;
    private boolean isClosed;

    CudaStream(Driver driver, String name, long handle) {
        this.driver = driver;
        this.name = name;
        this.handle = handle;
    }

    /** The driver's handle of a stream that a CUDA device made. */
    public static long handle(Stream stream) {
        if (stream instanceof CudaStream cuda) {
            return cuda.handle;
        }
        throw new IllegalArgumentException("an operation of the CUDA device was launched on " + stream + ", which is no stream of a CUDA device");
    }

    @Override
    public void synchronize() {
        driver.synchronizeStream(handle);
    }

    @Override
    public void await(Event event) {
        driver.streamWaitEvent(handle, CudaEvent.handle(event));
    }

    @Override
    public void close() {
        if (!isClosed) {
            isClosed = true;
            driver.destroyStream(handle);
        }
    }

    @Override
    public String toString() {
        return "CUDA stream " + name;
    }
}
