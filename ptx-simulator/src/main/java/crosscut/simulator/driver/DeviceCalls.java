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
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Initialisation, the one device and its primary context. */
final class DeviceCalls {

    private static final long CONTEXT = 0x5EED_00C0_0000_0010L;
    private static final int LAST_ATTRIBUTE = 150;
    private static final int UUID_BYTES = 16;

    private final DriverState driver;
    private int retained;

    DeviceCalls(DriverState driver) {
        this.driver = driver;
    }

    void addTo(UpcallSymbols symbols) {
        MethodHandles.Lookup here = MethodHandles.lookup();
        symbols.add(here, this, "cuInit", "initialise", status(JAVA_INT))
                .add(here, this, "cuDriverGetVersion", "driverVersion", status(ADDRESS))
                .add(here, this, "cuDeviceGetCount", "count", status(ADDRESS))
                .add(here, this, "cuDeviceGet", "device", status(ADDRESS, JAVA_INT))
                .add(here, this, "cuDeviceGetName", "name", status(ADDRESS, JAVA_INT, JAVA_INT))
                .add(here, this, "cuDeviceGetAttribute", "attribute", status(ADDRESS, JAVA_INT, JAVA_INT))
                .add(here, this, "cuDeviceTotalMem_v2", "totalMemory", status(ADDRESS, JAVA_INT))
                .add(here, this, "cuDeviceGetUuid_v2", "uuid", status(ADDRESS, JAVA_INT))
                .add(here, this, "cuDeviceGetPCIBusId", "busId", status(ADDRESS, JAVA_INT, JAVA_INT))
                .add(here, this, "cuDeviceCanAccessPeer", "canAccessPeer", status(ADDRESS, JAVA_INT, JAVA_INT))
                .add(here, this, "cuDevicePrimaryCtxRetain", "retainContext", status(ADDRESS, JAVA_INT))
                .add(here, this, "cuDevicePrimaryCtxRelease_v2", "releaseContext", status(JAVA_INT))
                .add(here, this, "cuCtxSetCurrent", "setCurrentContext", status(JAVA_LONG))
                .add(here, this, "cuCtxGetCurrent", "currentContext", status(ADDRESS))
                .add(here, this, "cuCtxSynchronize", "synchronizeContext", status())
                .add(here, this, "cuCtxEnablePeerAccess", "enablePeerAccess", status(JAVA_LONG, JAVA_INT));
    }

    private int initialise(int flags) {
        return driver.gate.callUninitialised("cuInit", () -> {
            require(flags == 0, DriverStatus.INVALID_VALUE, "the flags of cuInit must be 0, not " + flags);
            driver.gate.initialise();
        });
    }

    private int driverVersion(MemorySegment version) {
        return driver.gate.callUninitialised("cuDriverGetVersion", () -> CallerMemory.writeInt(version, SimulatedDevice.DRIVER_VERSION, "driverVersion"));
    }

    private int count(MemorySegment count) {
        return driver.gate.callWithoutContext("cuDeviceGetCount", () -> CallerMemory.writeInt(count, 1, "count"));
    }

    private int device(MemorySegment device, int ordinal) {
        return driver.gate.callWithoutContext("cuDeviceGet", () -> {
            requireDevice(ordinal);
            CallerMemory.writeInt(device, 0, "device");
        });
    }

    private int name(MemorySegment name, int length, int device) {
        return driver.gate.callWithoutContext("cuDeviceGetName", () -> {
            requireDevice(device);
            CallerMemory.writeText(name, length, SimulatedDevice.NAME, "name");
        });
    }

    private int attribute(MemorySegment value, int attribute, int device) {
        return driver.gate.callWithoutContext("cuDeviceGetAttribute", () -> {
            requireDevice(device);
            require(attribute >= 1 && attribute <= LAST_ATTRIBUTE, DriverStatus.INVALID_VALUE, attribute + " is no CUdevice_attribute");
            CallerMemory.writeInt(value, driver.device.attribute(attribute), "pi");
        });
    }

    private int totalMemory(MemorySegment bytes, int device) {
        return driver.gate.callWithoutContext("cuDeviceTotalMem_v2", () -> {
            requireDevice(device);
            CallerMemory.writeLong(bytes, driver.device.memoryBytes(), "bytes");
        });
    }

    private int uuid(MemorySegment uuid, int device) {
        return driver.gate.callWithoutContext("cuDeviceGetUuid_v2", () -> {
            requireDevice(device);
            byte[] bytes = Arrays.copyOf(SimulatedDevice.NAME.getBytes(StandardCharsets.US_ASCII), UUID_BYTES);
            CallerMemory.write(uuid.address(), MemorySegment.ofArray(bytes), "uuid");
        });
    }

    private int busId(MemorySegment text, int length, int device) {
        return driver.gate.callWithoutContext("cuDeviceGetPCIBusId", () -> {
            requireDevice(device);
            CallerMemory.writeText(text, length, "0000:00:00.0", "pciBusId");
        });
    }

    private int canAccessPeer(MemorySegment answer, int device, int peer) {
        return driver.gate.callWithoutContext("cuDeviceCanAccessPeer", () -> {
            requireDevice(device);
            requireDevice(peer);
            CallerMemory.writeInt(answer, 0, "canAccessPeer");
        });
    }

    private int retainContext(MemorySegment context, int device) {
        return driver.gate.callWithoutContext("cuDevicePrimaryCtxRetain", () -> {
            requireDevice(device);
            CallerMemory.writeLong(context, CONTEXT, "pctx");
            retained++;
        });
    }

    private int releaseContext(int device) {
        return driver.gate.callWithoutContext("cuDevicePrimaryCtxRelease_v2", () -> {
            requireDevice(device);
            require(retained > 0, DriverStatus.INVALID_CONTEXT, "the primary context was released more often than retained");
            if (--retained == 0) {
                driver.gate.forgetFault();
            }
        });
    }

    private int setCurrentContext(long context) {
        return driver.gate.callWithoutContext("cuCtxSetCurrent", () -> {
            require(context == 0 || context == CONTEXT && retained > 0, DriverStatus.INVALID_CONTEXT, "0x" + Long.toHexString(context) + " is no live context");
            driver.gate.setCurrentContext(context);
        });
    }

    private int currentContext(MemorySegment context) {
        return driver.gate.callWithoutContext("cuCtxGetCurrent", () -> CallerMemory.writeLong(context, driver.gate.currentContext(), "pctx"));
    }

    private int synchronizeContext() {
        return driver.gate.call("cuCtxSynchronize", () -> {
            driver.captureRules.requireNone("cuCtxSynchronize");
            driver.timeline.hostWaitsFor(driver.streams.everything());
        });
    }

    private int enablePeerAccess(long context, int flags) {
        return driver.gate.call("cuCtxEnablePeerAccess", () -> {
            throw new DriverException(DriverStatus.PEER_ACCESS_UNSUPPORTED, "there is one device only; context 0x" + Long.toHexString(context) + ", flags "
                    + flags);
        });
    }

    int retained() {
        return retained;
    }

    private static void requireDevice(int device) {
        require(device == 0, DriverStatus.INVALID_DEVICE, device + " is no device; there is device 0 only");
    }
}
