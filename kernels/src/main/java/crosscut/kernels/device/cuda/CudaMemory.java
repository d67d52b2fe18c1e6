package crosscut.kernels.device.cuda;

import crosscut.kernels.device.DeviceMemory;
import java.lang.foreign.MemorySegment;

/** One allocation on the GPU. */
final class CudaMemory implements DeviceMemory {

    private final CudaAllocations allocations;
    private final String owner;
    private final long address;
    private final long byteSize;

    CudaMemory(CudaAllocations allocations, String owner, long address, long byteSize) {
        this.allocations = allocations;
        this.owner = owner;
        this.address = address;
        this.byteSize = byteSize;
    }

    @Override
    public String owner() {
        return owner;
    }

    @Override
    public long byteSize() {
        return byteSize;
    }

    @Override
    public long address() {
        return address;
    }

    @Override
    public MemorySegment hostSegment() {
        throw new UnsupportedOperationException(owner + " lies in GPU memory, which the host reaches only through the device's read and write");
    }

    @Override
    public void close() {
        allocations.free(this);
    }
}
