package crosscut.kernels.device.cuda;

import crosscut.bindings.cuda.Cuda;
import crosscut.bindings.cuda.CudaDevices;
import crosscut.kernels.device.ByteSize;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.OutOfDeviceMemoryException;
import crosscut.kernels.device.OwnedResources;
import crosscut.kernels.device.Stream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** One GPU as the CUDA op families see it: its kernels, its memory, its size. Every thread may use it. */
public final class CudaContext {

    /** The context that was made current last, per thread: the driver keeps one per thread too, and asking it costs more than looking here. */
    private static final ThreadLocal<CudaContext> CURRENT = new ThreadLocal<>();

    private static final int OLDEST_CAPABILITY = 8;

    private final Cuda driver;
    private final int device;
    private final long handle;
    private final String model;
    private final String name;
    private final String capability;
    private final int multiprocessors;
    private final long totalMemory;
    private final OwnedResources resources = new OwnedResources();
    private final CudaAllocations allocations = new CudaAllocations(this);
    private final CudaModules modules;

    /**
     * Opens the GPU.
     *
     * @throws IllegalStateException when there is no such GPU or when it is older than compute capability 8.0
     */
    CudaContext(Cuda driver, int ordinal) {
        this.driver = driver;
        driver.initialize();
        int count = driver.devices().count();
        if (ordinal >= count) {
            throw new IllegalStateException("there is no GPU " + ordinal + ": the driver offers " + count + (count == 0 ? "" : ", counted from 0")
                    + "; choose another or check CUDA_VISIBLE_DEVICES");
        }
        device = driver.devices().device(ordinal);
        model = driver.devices().name(device);
        name = "GPU " + ordinal + " (" + model + ")";
        int major = driver.devices().attribute(device, CudaDevices.COMPUTE_CAPABILITY_MAJOR);
        capability = major + "." + driver.devices().attribute(device, CudaDevices.COMPUTE_CAPABILITY_MINOR);
        if (major < OLDEST_CAPABILITY) {
            throw new IllegalStateException(name + " has compute capability " + capability + ", but the kernels need " + OLDEST_CAPABILITY
                    + ".0 (Ampere) or newer; train with --device cpu on this machine");
        }
        multiprocessors = driver.devices().attribute(device, CudaDevices.MULTIPROCESSOR_COUNT);
        totalMemory = driver.devices().totalMemory(device);
        handle = driver.devices().retainPrimaryContext(device);
        modules = resources.keep(new CudaModules(this));
    }

    /** The driver, with this GPU's context current on the calling thread. */
    public Cuda driver() {
        if (CURRENT.get() != this) {
            driver.devices().setCurrentContext(handle);
            CURRENT.set(this);
        }
        return driver;
    }

    /**
     * A kernel of {@code /crosscut/kernels/cuda/<family>.ptx}. Families are loaded at their first use and kept.
     *
     * @throws IllegalStateException naming family and function when the driver cannot load one of them
     */
    public CudaKernel kernel(String family, String function) {
        return modules.kernel(family, function);
    }

    /**
     * Allocates zero-filled device memory.
     *
     * @throws OutOfDeviceMemoryException with the owner and the sizes when it does not fit
     */
    public DeviceMemory allocate(String owner, long bytes) {
        return allocations.allocate(owner, bytes);
    }

    /** Allocates zero-filled pinned host memory, which the device reads and writes at {@link DeviceMemory#address()}. */
    public DeviceMemory allocateHost(String owner, long bytes) {
        return allocations.allocateHost(owner, bytes);
    }

    /** Makes a stream whose matrix products may use {@code workspaceBytes} of memory besides their operands. */
    public Stream createStream(String streamName, long workspaceBytes) {
        return CudaStream.create(this, streamName, workspaceBytes);
    }

    /** Device memory that holds {@code values}: constant tables of an op, made while the op is bound. Lives as long as the context unless closed. */
    public DeviceMemory upload(String owner, int... values) {
        return upload(owner, MemorySegment.ofArray(values));
    }

    /** Device memory that holds {@code values}. */
    public DeviceMemory upload(String owner, long... values) {
        return upload(owner, MemorySegment.ofArray(values));
    }

    /** Device memory that holds {@code values}. */
    public DeviceMemory upload(String owner, float... values) {
        return upload(owner, MemorySegment.ofArray(values));
    }

    private DeviceMemory upload(String owner, MemorySegment values) {
        DeviceMemory memory = allocate(owner, values.byteSize());
        write(memory, 0, values);
        return memory;
    }

    /** Waits for everything on this GPU, then copies and returns when the bytes are there. */
    void write(DeviceMemory target, long byteOffset, MemorySegment source) {
        requireInside(target, byteOffset, source.byteSize());
        if (source.byteSize() == 0) {
            return;
        }
        synchronize();
        if (target.isOnHost()) {
            MemorySegment.copy(source, 0, target.hostSegment(), byteOffset, source.byteSize());
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment reachable = source.isNative() ? source : arena.allocate(source.byteSize(), Long.BYTES).copyFrom(source);
            driver.copyToDevice(target.address() + byteOffset, reachable, source.byteSize());
            // From pageable memory the call may return while the last piece is still on its way.
            synchronize();
        }
    }

    /** Waits for everything on this GPU, then copies. */
    void read(DeviceMemory source, long byteOffset, MemorySegment target) {
        requireInside(source, byteOffset, target.byteSize());
        if (target.byteSize() == 0) {
            return;
        }
        synchronize();
        if (source.isOnHost()) {
            MemorySegment.copy(source.hostSegment(), byteOffset, target, 0, target.byteSize());
            return;
        }
        if (target.isNative()) {
            driver.copyToHost(target, source.address() + byteOffset, target.byteSize());
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment reachable = arena.allocate(target.byteSize(), Long.BYTES);
            driver.copyToHost(reachable, source.address() + byteOffset, target.byteSize());
            target.copyFrom(reachable);
        }
    }

    private static void requireInside(DeviceMemory memory, long byteOffset, long bytes) {
        if (byteOffset < 0 || bytes > memory.byteSize() - byteOffset) {
            throw new IndexOutOfBoundsException(
                    ByteSize.text(bytes) + " from byte " + byteOffset + " of " + memory.owner() + ", which has " + memory.byteSize());
        }
    }

    /** Waits for everything that was launched on this GPU. */
    void synchronize() {
        driver().devices().synchronizeContext();
    }

    /** Streaming multiprocessors: what grids of persistent blocks are a multiple of. */
    public int multiprocessors() {
        return multiprocessors;
    }

    /** What the GPU is: {@code NVIDIA H200}. */
    public String model() {
        return model;
    }

    /** For messages: {@code GPU 0 (NVIDIA H200)}. */
    public String name() {
        return name;
    }

    /** Compute capability: {@code 9.0}. */
    String capability() {
        return capability;
    }

    /** Bytes of the GPU. */
    long totalMemory() {
        return totalMemory;
    }

    /** Closes {@code resource} when this GPU is given back: after everything that was made later, such as graphs that use it. */
    public <T extends AutoCloseable> T keepUntilClosed(T resource) {
        return resources.keep(resource);
    }

    /** What was made in this context and is still open. */
    OwnedResources resources() {
        return resources;
    }

    /** Waits for the GPU, frees all that is left, newest first, and gives the context back. */
    void close() {
        try {
            synchronize();
        } finally {
            try {
                resources.close();
            } finally {
                CURRENT.remove();
                driver.devices().releasePrimaryContext(device);
            }
        }
    }
}
