package crosscut.kernels.device.cuda;

import crosscut.bindings.NativeException;
import crosscut.bindings.cuda.Cuda;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;

/** Recorded launches, replayed by one call. */
final class CudaGraph implements Operation, AutoCloseable {

    private final CudaContext context;
    private final long executable;

    private CudaGraph(CudaContext context, long executable) {
        this.context = context;
        this.executable = executable;
    }

    /**
     * Records what {@code operation} launches on {@code stream} and on the streams that it brings in.
     *
     * @throws IllegalStateException naming what was recorded when the driver refuses the recording
     */
    static CudaGraph capture(CudaContext context, String name, Stream stream, Operation operation) {
        try {
            return capture(context, stream, operation);
        } catch (NativeException refused) {
            throw new IllegalStateException(name + " cannot be captured as a graph: " + refused.getMessage(), refused);
        }
    }

    private static CudaGraph capture(CudaContext context, Stream stream, Operation operation) {
        Cuda driver = context.driver();
        long handle = CudaStream.handle(stream);
        driver.graphs().beginCapture(handle);
        try {
            operation.launch(stream);
        } catch (RuntimeException | Error failure) {
            endAfter(driver, handle, failure);
            throw failure;
        }
        long graph = driver.graphs().endCapture(handle);
        try {
            return context.resources().keep(new CudaGraph(context, driver.graphs().instantiate(graph)));
        } finally {
            driver.graphs().destroy(graph);
        }
    }

    /** Takes the stream out of a recording that failed, so that it can be used again. */
    private static void endAfter(Cuda driver, long stream, Throwable failure) {
        try {
            driver.graphs().destroy(driver.graphs().endCapture(stream));
        } catch (RuntimeException second) {
            failure.addSuppressed(second);
        }
    }

    @Override
    public void launch(Stream stream) {
        context.driver().graphs().launch(executable, CudaStream.handle(stream));
    }

    @Override
    public void close() {
        if (context.resources().forget(this)) {
            context.driver().graphs().destroyExecutable(executable);
        }
    }
}
