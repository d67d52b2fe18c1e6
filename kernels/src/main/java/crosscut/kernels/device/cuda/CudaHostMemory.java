package crosscut.kernels.device.cuda;

import crosscut.kernels.device.DeviceMemory;
import java.lang.foreign.MemorySegment;

/** One allocation of pinned host memory, which the GPU reaches too. */
final class CudaHostMemory implements DeviceMemory {

    private final CudaAllocations allocations;
    private final String owner;
    private final MemorySegment segment;
    private final long address;
    private final long byteSize;

    CudaHostMemory(CudaAllocations allocations, String owner, MemorySegment segment, long address, long byteSize) {
        this.allocations = allocations;
        this.owner = owner;
        this.segment = segment;
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
        return segment;
    }

    @Override
    public boolean isOnHost() {
        return true;
    }

    @Override
    public void close() {
        allocations.free(this);
    }
}
