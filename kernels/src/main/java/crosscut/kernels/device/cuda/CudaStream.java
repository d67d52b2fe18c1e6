package crosscut.kernels.device.cuda;

import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Event;
import crosscut.kernels.device.PlannedMemory;
import crosscut.kernels.device.Stream;

/** A stream of the driver, with the workspace of the matrix products that may run on it: two that ran at once in one workspace would change each other's sums. */
public final class CudaStream implements Stream {

    private final CudaContext context;
    private final String name;
    private final long handle;
    private final DeviceMemory workspace;

    private CudaStream(CudaContext context, String name, long handle, DeviceMemory workspace) {
        this.context = context;
        this.name = name;
        this.handle = handle;
        this.workspace = workspace;
    }

    static CudaStream create(CudaContext context, String name, long workspaceBytes) {
        PlannedMemory planned = plannedWorkspace(name, workspaceBytes);
        DeviceMemory workspace = context.allocate(planned.owner(), planned.byteSize());
        return context.resources().keep(new CudaStream(context, name, context.driver().createStream(), workspace));
    }

    static CudaStream withoutWorkspace(CudaContext context, String name) {
        return context.resources().keep(new CudaStream(context, name, context.driver().createStream(), null));
    }

    /** What {@link #create} allocates. */
    static PlannedMemory plannedWorkspace(String name, long workspaceBytes) {
        return new PlannedMemory("matrix product workspace of stream " + name, workspaceBytes);
    }

    private static CudaStream of(Stream stream) {
        if (stream instanceof CudaStream cuda) {
            return cuda;
        }
        throw new IllegalArgumentException("an operation of a CUDA device was launched on " + stream + ", which is no stream of a CUDA device");
    }

    /** The driver's handle of a stream that a CUDA device made. */
    public static long handle(Stream stream) {
        return of(stream).handle;
    }

    /**
     * The address of the matrix products' workspace on {@code stream}.
     *
     * @throws IllegalStateException when it was made without one
     */
    public static long workspace(Stream stream) {
        CudaStream cuda = of(stream);
        if (cuda.workspace == null) {
            throw new IllegalStateException("a matrix product was launched on " + stream + ", which was made without a workspace for products");
        }
        return cuda.workspace.address();
    }

    @Override
    public void synchronize() {
        context.driver().synchronizeStream(handle);
    }

    @Override
    public void await(Event event) {
        context.driver().streamWaitEvent(handle, CudaEvent.handle(event));
    }

    @Override
    public void close() {
        if (context.resources().forget(this)) {
            context.driver().synchronizeStream(handle);
            context.driver().destroyStream(handle);
            if (workspace != null) {
                workspace.close();
            }
        }
    }

    @Override
    public String toString() {
        return "CUDA stream " + name;
    }
}
