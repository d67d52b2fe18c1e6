package crosscut.bindings.cuda;

import static crosscut.bindings.generated.cuda.Cuda.*;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;

/** Devices and their primary contexts. A device is its handle, as {@link #device} gives it for an ordinal. */
public final class CudaDevices {

    /** Attribute: major part of the compute capability. */
    public static final int COMPUTE_CAPABILITY_MAJOR = CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR();

    /** Attribute: minor part of the compute capability. */
    public static final int COMPUTE_CAPABILITY_MINOR = CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR();

    /** Attribute: number of multiprocessors. */
    public static final int MULTIPROCESSOR_COUNT = CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT();

    private static final int NAME_BYTES = 256;

    private final CudaStatus status;
    private final MemorySegment out = Arena.ofAuto().allocate(NAME_BYTES, JAVA_LONG.byteSize());
    private final MemorySegment count;
    private final MemorySegment get;
    private final MemorySegment name;
    private final MemorySegment attribute;
    private final MemorySegment totalMemory;
    private final MemorySegment busId;
    private final MemorySegment retain;
    private final MemorySegment release;
    private final MemorySegment setCurrent;
    private final MemorySegment synchronize;

    CudaDevices(SymbolLookup symbols, CudaStatus status) {
        this.status = status;
        count = CudaFunctions.find(symbols, "cuDeviceGetCount");
        get = CudaFunctions.find(symbols, "cuDeviceGet");
        name = CudaFunctions.find(symbols, "cuDeviceGetName");
        attribute = CudaFunctions.find(symbols, "cuDeviceGetAttribute");
        totalMemory = CudaFunctions.find(symbols, "cuDeviceTotalMem_v2");
        busId = CudaFunctions.find(symbols, "cuDeviceGetPCIBusId");
        retain = CudaFunctions.find(symbols, "cuDevicePrimaryCtxRetain");
        release = CudaFunctions.find(symbols, "cuDevicePrimaryCtxRelease_v2");
        setCurrent = CudaFunctions.find(symbols, "cuCtxSetCurrent");
        synchronize = CudaFunctions.find(symbols, "cuCtxSynchronize");
    }

    /** Devices that are visible. */
    public synchronized int count() {
        status.check("cuDeviceGetCount", cuDeviceGetCount(count, out.address()));
        return out.get(JAVA_INT, 0);
    }

    /** The device with an ordinal from 0 to {@link #count} - 1. */
    public synchronized int device(int ordinal) {
        status.check("cuDeviceGet", cuDeviceGet(get, out.address(), ordinal));
        return out.get(JAVA_INT, 0);
    }

    /** What the vendor calls it. */
    public synchronized String name(int device) {
        status.check("cuDeviceGetName", cuDeviceGetName(name, out.address(), NAME_BYTES, device));
        return out.getString(0);
    }

    /** The value of one of this class's attributes. */
    public synchronized int attribute(int device, int wanted) {
        status.check("cuDeviceGetAttribute", cuDeviceGetAttribute(attribute, out.address(), wanted, device));
        return out.get(JAVA_INT, 0);
    }

    /** Bytes of device memory. */
    public synchronized long totalMemory(int device) {
        status.check("cuDeviceTotalMem", cuDeviceTotalMem_v2(totalMemory, out.address(), device));
        return out.get(JAVA_LONG, 0);
    }

    /** Its place on the PCI bus: {@code 0000:1b:00.0}. */
    public synchronized String busId(int device) {
        status.check("cuDeviceGetPCIBusId", cuDeviceGetPCIBusId(busId, out.address(), NAME_BYTES, device));
        return out.getString(0);
    }

    /** The device's primary context, kept until {@link #releasePrimaryContext}. */
    public synchronized long retainPrimaryContext(int device) {
        status.check("cuDevicePrimaryCtxRetain", cuDevicePrimaryCtxRetain(retain, out.address(), device));
        return out.get(JAVA_LONG, 0);
    }

    public void releasePrimaryContext(int device) {
        status.check("cuDevicePrimaryCtxRelease", cuDevicePrimaryCtxRelease_v2(release, device));
    }

    /** Makes a context the calling thread's. */
    public void setCurrentContext(long context) {
        status.check("cuCtxSetCurrent", cuCtxSetCurrent(setCurrent, context));
    }

    /** Waits for everything on the current context's device. */
    public void synchronizeContext() {
        status.check("cuCtxSynchronize", cuCtxSynchronize(synchronize));
    }
}
