package crosscut.simulator.driver;

import static crosscut.simulator.driver.DriverException.require;
import static crosscut.simulator.upcall.UpcallSymbols.status;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import crosscut.simulator.upcall.CallerMemory;
import crosscut.simulator.upcall.UpcallSymbols;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.HashMap;
import java.util.Map;

/** Allocation of device memory and of pinned host memory. */
final class MemoryCalls {

    private static final long POOL = 0x5EED_00D0_0000_0010L;
    private static final int LAST_POOL_ATTRIBUTE = 8;

    private final DriverState driver;
    private final Map<Long, Long> allocatedBytes = new HashMap<>();
    private final Map<Integer, Long> poolAttributes = new HashMap<>();
    private long usedBytes;
    private int allocated;

    MemoryCalls(DriverState driver) {
        this.driver = driver;
    }

    void addTo(UpcallSymbols symbols) {
        MethodHandles.Lookup here = MethodHandles.lookup();
        symbols.add(here, this, "cuMemGetInfo_v2", "information", status(ADDRESS, ADDRESS))
                .add(here, this, "cuMemAlloc_v2", "allocate", status(ADDRESS, JAVA_LONG))
                .add(here, this, "cuMemFree_v2", "free", status(JAVA_LONG))
                .add(here, this, "cuMemAllocAsync", "allocateInStream", status(ADDRESS, JAVA_LONG, JAVA_LONG))
                .add(here, this, "cuMemFreeAsync", "freeInStream", status(JAVA_LONG, JAVA_LONG))
                .add(here, this, "cuDeviceGetDefaultMemPool", "defaultPool", status(ADDRESS, JAVA_INT))
                .add(here, this, "cuMemPoolSetAttribute", "setPoolAttribute", status(JAVA_LONG, JAVA_INT, ADDRESS))
                .add(here, this, "cuMemPoolGetAttribute", "poolAttribute", status(JAVA_LONG, JAVA_INT, ADDRESS))
                .add(here, this, "cuMemPoolTrimTo", "trimPool", status(JAVA_LONG, JAVA_LONG))
                .add(here, this, "cuMemHostAlloc", "allocatePinned", status(ADDRESS, JAVA_LONG, JAVA_INT))
                .add(here, this, "cuMemFreeHost", "freePinned", status(ADDRESS))
                .add(here, this, "cuMemHostRegister_v2", "registerPinned", status(ADDRESS, JAVA_LONG, JAVA_INT))
                .add(here, this, "cuMemHostUnregister", "unregisterPinned", status(ADDRESS))
                .add(here, this, "cuMemHostGetDevicePointer_v2", "deviceAddress", status(ADDRESS, ADDRESS, JAVA_INT));
    }

    private int information(MemorySegment free, MemorySegment total) {
        return driver.gate.call("cuMemGetInfo_v2", () -> {
            CallerMemory.writeLong(free, driver.device.memoryBytes() - usedBytes, "free");
            CallerMemory.writeLong(total, driver.device.memoryBytes(), "total");
        });
    }

    private int allocate(MemorySegment address, long bytes) {
        return driver.gate.call("cuMemAlloc_v2", () -> {
            driver.captureRules.requireSafe("cuMemAlloc");
            CallerMemory.writeLong(address, newMemory(bytes), "dptr");
        });
    }

    private long newMemory(long bytes) {
        require(bytes > 0, DriverStatus.INVALID_VALUE, "an allocation of " + bytes + " bytes");
        long free = driver.device.memoryBytes() - usedBytes;
        require(bytes <= free, DriverStatus.OUT_OF_MEMORY, bytes + " bytes do not fit into the " + free + " that are free of " + driver.device.memoryBytes());
        long address = driver.simulator.memory().allocate(bytes, "device allocation " + ++allocated);
        allocatedBytes.put(address, bytes);
        usedBytes += bytes;
        return address;
    }

    private int free(long address) {
        return driver.gate.call("cuMemFree_v2", () -> {
            driver.captureRules.requireSafe("cuMemFree");
            if (address != 0) {
                release(address);
            }
        });
    }

    private void release(long address) {
        Long bytes = allocatedBytes.remove(address);
        require(bytes != null, DriverStatus.INVALID_VALUE, "0x" + Long.toHexString(address) + " is not the start of a live allocation");
        driver.simulator.memory().free(address);
        driver.accesses.forget(address);
        usedBytes -= bytes;
    }

    private int allocateInStream(MemorySegment address, long bytes, long stream) {
        return driver.gate.call("cuMemAllocAsync", () -> {
            SimulatedStream where = outsideCapture(stream, "cuMemAllocAsync");
            long made = newMemory(bytes);
            driver.queue.enqueue(where, new Simple("allocation of " + bytes + " bytes", access -> access.writes(made, bytes)));
            CallerMemory.writeLong(address, made, "dptr");
        });
    }

    private int freeInStream(long address, long stream) {
        return driver.gate.call("cuMemFreeAsync", () -> {
            SimulatedStream where = outsideCapture(stream, "cuMemFreeAsync");
            Long bytes = allocatedBytes.get(address);
            require(bytes != null, DriverStatus.INVALID_VALUE, "0x" + Long.toHexString(address) + " is not the start of a live allocation");
            driver.queue.enqueue(where, new Simple("freeing of " + bytes + " bytes", access -> access.writes(address, bytes)));
            release(address);
        });
    }

    private SimulatedStream outsideCapture(long handle, String call) {
        SimulatedStream stream = driver.streams.get(handle);
        require(stream.capture == null, DriverStatus.NOT_SUPPORTED, call + " in " + stream + ", which is being captured: the simulator has no memory nodes");
        return stream;
    }

    private int defaultPool(MemorySegment pool, int device) {
        return driver.gate.callWithoutContext("cuDeviceGetDefaultMemPool", () -> {
            require(device == 0, DriverStatus.INVALID_DEVICE, device + " is no device; there is device 0 only");
            CallerMemory.writeLong(pool, POOL, "pool_out");
        });
    }

    private int setPoolAttribute(long pool, int attribute, MemorySegment value) {
        return driver.gate.callWithoutContext("cuMemPoolSetAttribute", () -> {
            requirePool(pool, attribute);
            poolAttributes.put(attribute, attribute <= 3 ? CallerMemory.readInt(value, "value") : CallerMemory.readLong(value, "value"));
        });
    }

    private int poolAttribute(long pool, int attribute, MemorySegment value) {
        return driver.gate.callWithoutContext("cuMemPoolGetAttribute", () -> {
            requirePool(pool, attribute);
            long held = attribute > 4 ? usedBytes : poolAttributes.getOrDefault(attribute, attribute <= 3 ? 1L : 0L);
            if (attribute <= 3) {
                CallerMemory.writeInt(value, (int) held, "value");
            } else {
                CallerMemory.writeLong(value, held, "value");
            }
        });
    }

    private static void requirePool(long pool, int attribute) {
        require(pool == POOL, DriverStatus.INVALID_VALUE, "0x" + Long.toHexString(pool) + " is no memory pool");
        require(attribute >= 1 && attribute <= LAST_POOL_ATTRIBUTE, DriverStatus.INVALID_VALUE, attribute + " is no CUmemPool_attribute");
    }

    private int trimPool(long pool, long bytes) {
        return driver.gate.callWithoutContext("cuMemPoolTrimTo", () -> {
            requirePool(pool, 1);
            require(bytes >= 0, DriverStatus.INVALID_VALUE, "a pool cannot keep " + bytes + " bytes");
        });
    }

    private int allocatePinned(MemorySegment address, long bytes, int flags) {
        return driver.gate.call("cuMemHostAlloc", () -> {
            driver.captureRules.requireSafe("cuMemHostAlloc");
            require(bytes > 0 && (flags & ~7) == 0, DriverStatus.INVALID_VALUE, "an allocation of " + bytes + " bytes with flags " + flags);
            CallerMemory.writeLong(address, driver.pinned.allocate(bytes), "pp");
        });
    }

    private int freePinned(MemorySegment address) {
        return driver.gate.call("cuMemFreeHost", () -> {
            driver.captureRules.requireSafe("cuMemFreeHost");
            driver.timeline.hostWaitsFor(driver.streams.everything());
            driver.pinned.free(address.address());
        });
    }

    private int registerPinned(MemorySegment address, long bytes, int flags) {
        return driver.gate.call("cuMemHostRegister_v2", () -> {
            driver.captureRules.requireSafe("cuMemHostRegister");
            require(bytes > 0 && (flags & ~15) == 0, DriverStatus.INVALID_VALUE, "a registration of " + bytes + " bytes with flags " + flags);
            driver.pinned.register(CallerMemory.view(address, bytes, "p"));
        });
    }

    private int unregisterPinned(MemorySegment address) {
        return driver.gate.call("cuMemHostUnregister", () -> {
            driver.captureRules.requireSafe("cuMemHostUnregister");
            driver.timeline.hostWaitsFor(driver.streams.everything());
            driver.pinned.unregister(address.address());
        });
    }

    private int deviceAddress(MemorySegment device, MemorySegment host, int flags) {
        return driver.gate.call("cuMemHostGetDevicePointer_v2", () -> {
            require(flags == 0, DriverStatus.INVALID_VALUE, "the flags must be 0, not " + flags);
            CallerMemory.writeLong(device, driver.pinned.deviceAddress(host.address()), "pdptr");
        });
    }
}
