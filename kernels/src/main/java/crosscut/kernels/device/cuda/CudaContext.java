package crosscut.kernels.device.cuda;

import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.OutOfDeviceMemoryException;

/** One GPU as the CUDA op families see it: its kernels, its memory, its size. */
public interface CudaContext {

    /**
     * A kernel of {@code /crosscut/kernels/cuda/<family>.ptx}. Families are loaded at their first use and kept.
     *
     * @throws IllegalStateException naming family and function when the driver cannot load one of them
     */
    CudaKernel kernel(String family, String function);

    /**
     * Allocates zero-filled device memory.
     *
     * @throws OutOfDeviceMemoryException with the owner and the sizes when it does not fit
     */
    DeviceMemory allocate(String owner, long bytes);

    /** Allocates zero-filled pinned host memory, which the device reads at {@link DeviceMemory#address()}. */
    DeviceMemory allocateHost(String owner, long bytes);

    /** Streaming multiprocessors of the GPU: what grids of persistent blocks are a multiple of. */
    int multiprocessors();

    /** Device memory that holds {@code values}, for the constant tables of an op; made while the op is bound. Lives as long as the context unless closed. */
    DeviceMemory upload(String owner, int... values);

    /** Device memory that holds {@code values}. */
    DeviceMemory upload(String owner, long... values);

    /** Device memory that holds {@code values}. */
    DeviceMemory upload(String owner, float... values);
}
