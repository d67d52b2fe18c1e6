package crosscut.bindings.cuda;

import static crosscut.bindings.generated.cuda.Cuda.*;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import crosscut.bindings.LibraryLoader;
import crosscut.bindings.LibrarySource;
import crosscut.bindings.LoadReport;
import crosscut.bindings.NativeLibrary;
import crosscut.bindings.UnavailableLibraryException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.List;

/**
 * The CUDA driver API, every status checked where it is returned ({@link crosscut.bindings.NativeException}). Handles and device addresses are longs, sizes are
 * in bytes. What runs in every step (launches, copies, events, graphs) allocates nothing and may be called from any thread whose current context is set; calls
 * that return something through memory take turns. Devices, modules and graphs are in {@link CudaDevices}, {@link CudaModules} and {@link CudaGraphs}.
 */
public final class Cuda {

    /** The stream that needs no creation. */
    public static final long DEFAULT_STREAM = 0;

    /** Status of a request for more memory than there is. */
    public static final int OUT_OF_MEMORY = 2;

    private static final String OVERRIDE_VARIABLE = "CROSSCUT_LIBCUDA";

    /** CUDA 12.0, the first with all functions that are bound. */
    private static final int OLDEST_DRIVER = 12_000;

    private static final int PORTABLE_AND_MAPPED = CU_MEMHOSTALLOC_PORTABLE() | CU_MEMHOSTALLOC_DEVICEMAP();

    private final CudaStatus status;
    private final CudaDevices devices;
    private final CudaModules modules;
    private final CudaGraphs graphs;
    private final MemorySegment out = Arena.ofAuto().allocate(2 * JAVA_LONG.byteSize(), JAVA_LONG.byteSize());
    private final MemorySegment init;
    private final MemorySegment driverVersion;
    private final MemorySegment memGetInfo;
    private final MemorySegment memAlloc;
    private final MemorySegment memFree;
    private final MemorySegment memHostAlloc;
    private final MemorySegment memFreeHost;
    private final MemorySegment hostDevicePointer;
    private final MemorySegment copyToDevice;
    private final MemorySegment copyToHost;
    private final MemorySegment copyToDeviceAsync;
    private final MemorySegment copyToHostAsync;
    private final MemorySegment copyOnDeviceAsync;
    private final MemorySegment fill8;
    private final MemorySegment fill32;
    private final MemorySegment streamCreate;
    private final MemorySegment streamDestroy;
    private final MemorySegment streamSynchronize;
    private final MemorySegment streamQuery;
    private final MemorySegment streamWait;
    private final MemorySegment eventCreate;
    private final MemorySegment eventRecord;
    private final MemorySegment eventQuery;
    private final MemorySegment eventSynchronize;
    private final MemorySegment eventElapsed;
    private final MemorySegment eventDestroy;
    private final MemorySegment launch;
    private final MemorySegment launchHost;

    /**
     * Binds a library.
     *
     * @throws UnavailableLibraryException when it lacks a function, as drivers older than CUDA 12 do
     */
    public Cuda(SymbolLookup symbols) {
        status = new CudaStatus(symbols);
        devices = new CudaDevices(symbols, status);
        modules = new CudaModules(symbols, status);
        graphs = new CudaGraphs(symbols, status);
        init = CudaFunctions.find(symbols, "cuInit");
        driverVersion = CudaFunctions.find(symbols, "cuDriverGetVersion");
        memGetInfo = CudaFunctions.find(symbols, "cuMemGetInfo_v2");
        memAlloc = CudaFunctions.find(symbols, "cuMemAlloc_v2");
        memFree = CudaFunctions.find(symbols, "cuMemFree_v2");
        memHostAlloc = CudaFunctions.find(symbols, "cuMemHostAlloc");
        memFreeHost = CudaFunctions.find(symbols, "cuMemFreeHost");
        hostDevicePointer = CudaFunctions.find(symbols, "cuMemHostGetDevicePointer_v2");
        copyToDevice = CudaFunctions.find(symbols, "cuMemcpyHtoD_v2");
        copyToHost = CudaFunctions.find(symbols, "cuMemcpyDtoH_v2");
        copyToDeviceAsync = CudaFunctions.find(symbols, "cuMemcpyHtoDAsync_v2");
        copyToHostAsync = CudaFunctions.find(symbols, "cuMemcpyDtoHAsync_v2");
        copyOnDeviceAsync = CudaFunctions.find(symbols, "cuMemcpyDtoDAsync_v2");
        fill8 = CudaFunctions.find(symbols, "cuMemsetD8Async");
        fill32 = CudaFunctions.find(symbols, "cuMemsetD32Async");
        streamCreate = CudaFunctions.find(symbols, "cuStreamCreateWithPriority");
        streamDestroy = CudaFunctions.find(symbols, "cuStreamDestroy_v2");
        streamSynchronize = CudaFunctions.find(symbols, "cuStreamSynchronize");
        streamQuery = CudaFunctions.find(symbols, "cuStreamQuery");
        streamWait = CudaFunctions.find(symbols, "cuStreamWaitEvent");
        eventCreate = CudaFunctions.find(symbols, "cuEventCreate");
        eventRecord = CudaFunctions.find(symbols, "cuEventRecord");
        eventQuery = CudaFunctions.find(symbols, "cuEventQuery");
        eventSynchronize = CudaFunctions.find(symbols, "cuEventSynchronize");
        eventElapsed = CudaFunctions.find(symbols, "cuEventElapsedTime_v2", "cuEventElapsedTime");
        eventDestroy = CudaFunctions.find(symbols, "cuEventDestroy_v2");
        launch = CudaFunctions.find(symbols, "cuLaunchKernel");
        launchHost = CudaFunctions.find(symbols, "cuLaunchHostFunc");
    }

    /** Looks for the driver's library and says what became of every place. */
    public static LoadReport find(LibraryLoader loader) {
        return loader.load(new NativeLibrary("the CUDA driver", OVERRIDE_VARIABLE,
                List.of(new LibrarySource.SystemName("libcuda.so.1"), new LibrarySource.SystemName("libcuda.so"))));
    }

    /**
     * Starts the driver.
     *
     * @throws UnavailableLibraryException when it is older than CUDA 12
     */
    public void initialize() {
        status.check("cuInit", cuInit(init, 0));
        int version = driverVersion();
        if (version < OLDEST_DRIVER) {
            throw new UnavailableLibraryException("the NVIDIA driver supports CUDA " + version / 1000 + "." + version % 1000 / 10
                    + ", but CUDA 12.0 or newer is needed: install a newer driver");
        }
    }

    /** Newest CUDA version that the driver supports: 13000 for 13.0. */
    public synchronized int driverVersion() {
        status.check("cuDriverGetVersion", cuDriverGetVersion(driverVersion, out.address()));
        return out.get(JAVA_INT, 0);
    }

    /** Devices and contexts. */
    public CudaDevices devices() {
        return devices;
    }

    /** Modules and functions. */
    public CudaModules modules() {
        return modules;
    }

    /** Capture and replay. */
    public CudaGraphs graphs() {
        return graphs;
    }

    /** Free memory of the current context's device. */
    public synchronized long freeMemory() {
        status.check("cuMemGetInfo", cuMemGetInfo_v2(memGetInfo, out.address(), out.address() + Long.BYTES));
        return out.get(JAVA_LONG, 0);
    }

    /** Device memory with undefined content, aligned to 256 bytes. */
    public synchronized long allocate(long byteSize) {
        status.check("cuMemAlloc", cuMemAlloc_v2(memAlloc, out.address(), byteSize));
        return out.get(JAVA_LONG, 0);
    }

    public void free(long address) {
        status.check("cuMemFree", cuMemFree_v2(memFree, address));
    }

    /** Pinned host memory that kernels can reach at {@link #deviceAddress}. */
    @SuppressWarnings("restricted")
    public synchronized MemorySegment allocateHost(long byteSize) {
        status.check("cuMemHostAlloc", cuMemHostAlloc(memHostAlloc, out.address(), byteSize, PORTABLE_AND_MAPPED));
        return MemorySegment.ofAddress(out.get(JAVA_LONG, 0)).reinterpret(byteSize);
    }

    /** What kernels see pinned host memory as. */
    public synchronized long deviceAddress(long hostAddress) {
        status.check("cuMemHostGetDevicePointer", cuMemHostGetDevicePointer_v2(hostDevicePointer, out.address(), hostAddress, 0));
        return out.get(JAVA_LONG, 0);
    }

    public void freeHost(long hostAddress) {
        status.check("cuMemFreeHost", cuMemFreeHost(memFreeHost, hostAddress));
    }

    /** Copies native host memory to the device; returns when it is there. */
    public void copyToDevice(long target, MemorySegment source, long byteSize) {
        status.check("cuMemcpyHtoD", cuMemcpyHtoD_v2(copyToDevice, target, source.address(), byteSize));
    }

    /** Copies device memory to native host memory; returns when it is there. */
    public void copyToHost(MemorySegment target, long source, long byteSize) {
        status.check("cuMemcpyDtoH", cuMemcpyDtoH_v2(copyToHost, target.address(), source, byteSize));
    }

    /** Enqueues a copy from pinned host memory, which must stay as it is until the copy is done. */
    public void copyToDeviceAsync(long target, long sourceHostAddress, long byteSize, long stream) {
        status.check("cuMemcpyHtoDAsync", cuMemcpyHtoDAsync_v2(copyToDeviceAsync, target, sourceHostAddress, byteSize, stream));
    }

    /** Enqueues a copy to pinned host memory. */
    public void copyToHostAsync(long targetHostAddress, long source, long byteSize, long stream) {
        status.check("cuMemcpyDtoHAsync", cuMemcpyDtoHAsync_v2(copyToHostAsync, targetHostAddress, source, byteSize, stream));
    }

    /** Enqueues a copy between two places of the device. */
    public void copyOnDeviceAsync(long target, long source, long byteSize, long stream) {
        status.check("cuMemcpyDtoDAsync", cuMemcpyDtoDAsync_v2(copyOnDeviceAsync, target, source, byteSize, stream));
    }

    /** Enqueues setting bytes. */
    public void fill8Async(long address, byte value, long count, long stream) {
        status.check("cuMemsetD8Async", cuMemsetD8Async(fill8, address, value, count, stream));
    }

    /** Enqueues setting 32-bit words. */
    public void fill32Async(long address, int value, long count, long stream) {
        status.check("cuMemsetD32Async", cuMemsetD32Async(fill32, address, value, count, stream));
    }

    /**
     * A stream that does not wait for the default one.
     *
     * @param priority lower runs first; 0 is the default
     */
    public synchronized long createStream(int priority) {
        status.check("cuStreamCreateWithPriority", cuStreamCreateWithPriority(streamCreate, out.address(), CU_STREAM_NON_BLOCKING(), priority));
        return out.get(JAVA_LONG, 0);
    }

    /** A stream of the default priority. */
    public long createStream() {
        return createStream(0);
    }

    public void destroyStream(long stream) {
        status.check("cuStreamDestroy", cuStreamDestroy_v2(streamDestroy, stream));
    }

    /** Waits until everything in the stream is done; errors of earlier launches show here. */
    public void synchronizeStream(long stream) {
        status.check("cuStreamSynchronize", cuStreamSynchronize(streamSynchronize, stream));
    }

    public boolean isStreamDone(long stream) {
        return isDone("cuStreamQuery", cuStreamQuery(streamQuery, stream));
    }

    /** Lets what comes later in the stream wait for an event. */
    public void streamWaitEvent(long stream, long event) {
        status.check("cuStreamWaitEvent", cuStreamWaitEvent(streamWait, stream, event, 0));
    }

    /** An event without a time, which is cheaper. */
    public long createEvent() {
        return createEvent(CU_EVENT_DISABLE_TIMING());
    }

    /** An event whose time {@link #elapsedMilliseconds} can read. */
    public long createTimedEvent() {
        return createEvent(0);
    }

    private synchronized long createEvent(int flags) {
        status.check("cuEventCreate", cuEventCreate(eventCreate, out.address(), flags));
        return out.get(JAVA_LONG, 0);
    }

    /** The event happens when everything now in the stream is done. */
    public void recordEvent(long event, long stream) {
        status.check("cuEventRecord", cuEventRecord(eventRecord, event, stream));
    }

    public void synchronizeEvent(long event) {
        status.check("cuEventSynchronize", cuEventSynchronize(eventSynchronize, event));
    }

    public boolean isEventDone(long event) {
        return isDone("cuEventQuery", cuEventQuery(eventQuery, event));
    }

    /** Milliseconds between two timed events that have happened. */
    public synchronized float elapsedMilliseconds(long start, long end) {
        status.check("cuEventElapsedTime", cuEventElapsedTime_v2(eventElapsed, out.address(), start, end));
        return Float.intBitsToFloat(out.get(JAVA_INT, 0));
    }

    public void destroyEvent(long event) {
        status.check("cuEventDestroy", cuEventDestroy_v2(eventDestroy, event));
    }

    private boolean isDone(String function, int code) {
        if (code == CudaStatus.NOT_READY) {
            return false;
        }
        status.check(function, code);
        return true;
    }

    /**
     * Enqueues a kernel.
     *
     * @param function from {@link CudaModules#function}
     * @param sharedBytes dynamic shared memory of a block
     * @param argumentPointers native address of an array of pointers, one to each argument's value
     */
    public void launch(long function, int gridX, int gridY, int gridZ, int blockX, int blockY, int blockZ, int sharedBytes, long stream,
            long argumentPointers) {
        status.check("cuLaunchKernel",
                cuLaunchKernel(launch, function, gridX, gridY, gridZ, blockX, blockY, blockZ, sharedBytes, stream, argumentPointers, 0));
    }

    /** Enqueues a call of the host, which comes after everything before it in the stream and which everything after it waits for. */
    public void launchHostFunction(HostFunction function, long stream) {
        status.check("cuLaunchHostFunc", cuLaunchHostFunc(launchHost, stream, function.address(), 0));
    }
}
