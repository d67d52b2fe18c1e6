package crosscut.kernels.device.cuda;

import crosscut.bindings.NativeException;
import crosscut.bindings.cuda.Cuda;
import crosscut.kernels.device.ByteSize;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.HostMemory;
import crosscut.kernels.device.OutOfDeviceMemoryException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicLong;

/** Memory of one GPU: zero-filled, refused with the numbers when it does not fit. */
final class CudaAllocations {

    private final CudaContext context;
    private final AtomicLong held = new AtomicLong();

    CudaAllocations(CudaContext context) {
        this.context = context;
    }

    DeviceMemory allocate(String owner, long bytes) {
        requireSize(owner, bytes);
        Cuda driver = context.driver();
        long free = driver.freeMemory();
        if (bytes > free) {
            throw refusal(owner, bytes, free, null);
        }
        long address;
        try {
            // The driver refuses 0 bytes, and an empty tensor needs an address too.
            address = driver.allocate(Math.max(1, bytes));
        } catch (NativeException refused) {
            if (refused.code() == Cuda.OUT_OF_MEMORY) {
                throw refusal(owner, bytes, free, refused);
            }
            throw refused;
        }
        held.addAndGet(bytes);
        CudaMemory memory = context.resources().keep(new CudaMemory(this, owner, address, bytes));
        driver.fill8Async(address, (byte) 0, Math.max(1, bytes), Cuda.DEFAULT_STREAM);
        driver.synchronizeStream(Cuda.DEFAULT_STREAM);
        return memory;
    }

    DeviceMemory allocateHost(String owner, long bytes) {
        requireSize(owner, bytes);
        long available = bytes < HostMemory.ASK_FROM ? Long.MAX_VALUE : HostMemory.available();
        if (bytes > available) {
            throw hostRefusal(owner, bytes, "but this machine has " + ByteSize.text(available) + " available");
        }
        Cuda driver = context.driver();
        MemorySegment segment;
        try {
            segment = driver.allocateHost(Math.max(1, bytes)).asSlice(0, bytes);
        } catch (NativeException refused) {
            if (refused.code() == Cuda.OUT_OF_MEMORY) {
                OutOfDeviceMemoryException refusal = hostRefusal(owner, bytes, "which the driver did not get: " + refused.getMessage());
                refusal.initCause(refused);
                throw refusal;
            }
            throw refused;
        }
        segment.fill((byte) 0);
        return context.resources().keep(new CudaHostMemory(this, owner, segment, driver.deviceAddress(segment.address()), bytes));
    }

    private static OutOfDeviceMemoryException hostRefusal(String owner, long bytes, String reason) {
        return new OutOfDeviceMemoryException(owner + " needs " + ByteSize.text(bytes) + " of pinned host memory, " + reason
                + "; free memory on this machine or raise its limit of locked memory (ulimit -l)");
    }

    private static void requireSize(String owner, long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException(owner + " asks for " + bytes + " bytes");
        }
    }

    private OutOfDeviceMemoryException refusal(String owner, long bytes, long free, NativeException cause) {
        OutOfDeviceMemoryException refusal = new OutOfDeviceMemoryException(owner + " needs " + ByteSize.text(bytes) + ", but " + context.name() + " has "
                + ByteSize.text(free) + " of its " + ByteSize.text(context.totalMemory()) + " free, with " + ByteSize.text(held.get())
                + " held by this process; use smaller tables, a smaller batch or more GPUs, or end other programs on this GPU");
        if (cause != null) {
            refusal.initCause(cause);
        }
        return refusal;
    }

    void free(CudaMemory memory) {
        if (context.resources().forget(memory)) {
            context.driver().free(memory.address());
            held.addAndGet(-memory.byteSize());
        }
    }

    void free(CudaHostMemory memory) {
        if (context.resources().forget(memory)) {
            context.driver().freeHost(memory.hostSegment().address());
        }
    }
}
