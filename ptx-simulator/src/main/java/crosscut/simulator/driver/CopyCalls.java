package crosscut.simulator.driver;

import static crosscut.simulator.driver.DriverException.require;
import static crosscut.simulator.upcall.UpcallSymbols.status;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import crosscut.simulator.upcall.CallerMemory;
import crosscut.simulator.upcall.UpcallSymbols;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;

/** Copies between host and device, and fills. */
final class CopyCalls {

    private final DriverState driver;

    CopyCalls(DriverState driver) {
        this.driver = driver;
    }

    void addTo(UpcallSymbols symbols) {
        MethodHandles.Lookup here = MethodHandles.lookup();
        symbols.add(here, this, "cuMemcpyHtoD_v2", "toDevice", status(JAVA_LONG, ADDRESS, JAVA_LONG))
                .add(here, this, "cuMemcpyDtoH_v2", "toHost", status(ADDRESS, JAVA_LONG, JAVA_LONG))
                .add(here, this, "cuMemcpyHtoDAsync_v2", "toDeviceInStream", status(JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG))
                .add(here, this, "cuMemcpyDtoHAsync_v2", "toHostInStream", status(ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG))
                .add(here, this, "cuMemcpyDtoDAsync_v2", "onDeviceInStream", status(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG))
                .add(here, this, "cuMemcpyPeerAsync", "betweenContextsInStream", status(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG))
                .add(here, this, "cuMemsetD8Async", "fillBytes", status(JAVA_LONG, JAVA_BYTE, JAVA_LONG, JAVA_LONG))
                .add(here, this, "cuMemsetD16Async", "fillShorts", status(JAVA_LONG, JAVA_SHORT, JAVA_LONG, JAVA_LONG))
                .add(here, this, "cuMemsetD32Async", "fillInts", status(JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG));
    }

    private int toDevice(long target, MemorySegment source, long bytes) {
        return driver.gate.call("cuMemcpyHtoD_v2", () -> {
            driver.captureRules.requireSafe("cuMemcpyHtoD");
            copyToDevice(target, source, bytes, driver.streams.legacy());
            waitForDefaultStream();
        });
    }

    private int toHost(MemorySegment target, long source, long bytes) {
        return driver.gate.call("cuMemcpyDtoH_v2", () -> {
            driver.captureRules.requireSafe("cuMemcpyDtoH");
            copyToHost(target, source, bytes, driver.streams.legacy());
            waitForDefaultStream();
        });
    }

    private void waitForDefaultStream() {
        driver.timeline.hostWaitsFor(driver.streams.legacy().clock);
    }

    private int toDeviceInStream(long target, MemorySegment source, long bytes, long stream) {
        return driver.gate.call("cuMemcpyHtoDAsync_v2", () -> copyToDevice(target, source, bytes, driver.streams.get(stream)));
    }

    private int toHostInStream(MemorySegment target, long source, long bytes, long stream) {
        return driver.gate.call("cuMemcpyDtoHAsync_v2", () -> copyToHost(target, source, bytes, driver.streams.get(stream)));
    }

    private void copyToDevice(long target, MemorySegment source, long bytes, SimulatedStream stream) {
        if (bytes != 0) {
            MemorySegment host = CallerMemory.view(source, bytes, "srcHost");
            requireRange(target, bytes, "dstDevice");
            driver.queue.enqueue(stream, new HostCopy(HostCopy.Direction.TO_DEVICE, host, target, isPinned(source, bytes)));
        }
    }

    private void copyToHost(MemorySegment target, long source, long bytes, SimulatedStream stream) {
        if (bytes != 0) {
            MemorySegment host = CallerMemory.view(target, bytes, "dstHost");
            requireRange(source, bytes, "srcDevice");
            driver.queue.enqueue(stream, new HostCopy(HostCopy.Direction.TO_HOST, host, source, isPinned(target, bytes)));
        }
    }

    private boolean isPinned(MemorySegment host, long bytes) {
        return driver.pinned.holding(host.address(), bytes).isPresent();
    }

    private int onDeviceInStream(long target, long source, long bytes, long stream) {
        return driver.gate.call("cuMemcpyDtoDAsync_v2", () -> copyOnDevice(target, source, bytes, stream));
    }

    private int betweenContextsInStream(long target, long targetContext, long source, long sourceContext, long bytes, long stream) {
        return driver.gate.call("cuMemcpyPeerAsync", () -> {
            long context = driver.gate.currentContext();
            require(targetContext == context && sourceContext == context, DriverStatus.INVALID_CONTEXT, "there is one context only");
            copyOnDevice(target, source, bytes, stream);
        });
    }

    private void copyOnDevice(long target, long source, long bytes, long stream) {
        SimulatedStream where = driver.streams.get(stream);
        if (bytes != 0) {
            requireRange(target, bytes, "dstDevice");
            requireRange(source, bytes, "srcDevice");
            driver.queue.enqueue(where, new Simple("copy of " + bytes + " bytes on the device", access -> {
                access.reads(source, bytes);
                access.writes(target, bytes);
                access.memory().copy(target, source, bytes);
            }));
        }
    }

    private int fillBytes(long target, byte value, long count, long stream) {
        return driver.gate.call("cuMemsetD8Async", () -> fill(target, value, Byte.BYTES, count, stream));
    }

    private int fillShorts(long target, short value, long count, long stream) {
        return driver.gate.call("cuMemsetD16Async", () -> fill(target, value, Short.BYTES, count, stream));
    }

    private int fillInts(long target, int value, long count, long stream) {
        return driver.gate.call("cuMemsetD32Async", () -> fill(target, value, Integer.BYTES, count, stream));
    }

    private void fill(long target, int value, int elementBytes, long count, long stream) {
        SimulatedStream where = driver.streams.get(stream);
        require(target % elementBytes == 0, DriverStatus.INVALID_VALUE, "0x" + Long.toHexString(target) + " is not aligned to " + elementBytes + " bytes");
        if (count != 0) {
            long bytes = Math.multiplyExact(count, (long) elementBytes);
            requireRange(target, bytes, "dstDevice");
            driver.queue.enqueue(where, new Simple("fill of " + bytes + " bytes", access -> {
                access.writes(target, bytes);
                access.memory().fill(target, value, elementBytes, count);
            }));
        }
    }

    private void requireRange(long address, long bytes, String argument) {
        try {
            driver.simulator.memory().view(address, bytes);
        } catch (RuntimeException outside) {
            throw new DriverException(DriverStatus.INVALID_VALUE, argument + ": " + outside.getMessage());
        }
    }
}
