package crosscut.simulator.blas;

import static crosscut.simulator.blas.BlasException.requireValid;
import static crosscut.simulator.upcall.UpcallSymbols.status;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import crosscut.simulator.upcall.CallerMemory;
import crosscut.simulator.upcall.HandleTable;
import crosscut.simulator.upcall.UpcallSymbols;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.HashMap;
import java.util.Map;

/** The library itself: its handles, its version, texts of statuses, and functions that the simulator has no use for but a caller may ask for. */
final class LibraryCalls {

    /** 13.0.0, which goes with the simulated driver's CUDA 13.0. */
    private static final long VERSION = 130_000;
    private static final long RUNTIME_VERSION = 13_000;
    private static final int[] VERSION_PARTS = {13, 0, 0};
    private static final long CACHE_CAPACITY = 8192;

    private final HandleTable<String> handles = new HandleTable<>("cublasLtHandle_t", 10);
    private final BlasGate gate;
    private final Arena arena = Arena.ofAuto();
    private final Map<String, MemorySegment> texts = new HashMap<>();
    private long cacheCapacity = CACHE_CAPACITY;

    LibraryCalls(BlasGate gate) {
        this.gate = gate;
    }

    void addTo(UpcallSymbols symbols) {
        MethodHandles.Lookup here = MethodHandles.lookup();
        FunctionDescriptor text = FunctionDescriptor.of(ADDRESS, JAVA_INT);
        symbols.add(here, this, "cublasLtCreate", "create", status(ADDRESS))
                .add(here, this, "cublasLtDestroy", "destroy", status(JAVA_LONG))
                .add(here, this, "cublasLtGetVersion", "version", FunctionDescriptor.of(JAVA_LONG))
                .add(here, this, "cublasLtGetCudartVersion", "runtimeVersion", FunctionDescriptor.of(JAVA_LONG))
                .add(here, this, "cublasLtGetProperty", "property", status(JAVA_INT, ADDRESS))
                .add(here, this, "cublasLtGetStatusName", "statusName", text)
                .add(here, this, "cublasLtGetStatusString", "statusName", text)
                .add(here, this, "cublasLtHeuristicsCacheGetCapacity", "cacheCapacity", status(ADDRESS))
                .add(here, this, "cublasLtHeuristicsCacheSetCapacity", "setCacheCapacity", status(JAVA_LONG))
                .add(here, this, "cublasLtMatrixTransform", "transform",
                        status(JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG))
                .add(here, this, "cublasLtMatrixTransformDescCreate", "createTransform", status(ADDRESS, JAVA_INT))
                .add(here, this, "cublasLtMatrixTransformDescDestroy", "destroyTransform", status(JAVA_LONG))
                .add(here, this, "cublasLtMatrixTransformDescSetAttribute", "setTransform", status(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG))
                .add(here, this, "cublasLtMatrixTransformDescGetAttribute", "getTransform", status(JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS));
    }

    void requireCreated(long handle) {
        handles.get(handle);
    }

    /** Handles that are not destroyed. */
    int created() {
        return handles.all().size();
    }

    private int create(MemorySegment handle) {
        return gate.call("cublasLtCreate", () -> CallerMemory.writeLong(handle, handles.add("library"), "lightHandle"));
    }

    private int destroy(long handle) {
        return gate.call("cublasLtDestroy", () -> handles.remove(handle));
    }

    private long version() {
        return VERSION;
    }

    private long runtimeVersion() {
        return RUNTIME_VERSION;
    }

    private int property(int property, MemorySegment value) {
        return gate.call("cublasLtGetProperty", () -> {
            requireValid(property >= 0 && property < VERSION_PARTS.length, property + " is no libraryPropertyType");
            CallerMemory.writeInt(value, VERSION_PARTS[property], "value");
        });
    }

    private MemorySegment statusName(int status) {
        String name = BlasStatus.of(status).map(BlasStatus::symbol).orElse("unknown status");
        synchronized (texts) {
            return texts.computeIfAbsent(name, arena::allocateFrom);
        }
    }

    private int cacheCapacity(MemorySegment capacity) {
        return gate.call("cublasLtHeuristicsCacheGetCapacity", () -> CallerMemory.writeLong(capacity, cacheCapacity, "capacity"));
    }

    private int setCacheCapacity(long capacity) {
        return gate.call("cublasLtHeuristicsCacheSetCapacity", () -> cacheCapacity = capacity);
    }

    private int transform(long handle, long transform, MemorySegment alpha, long a, long layoutA, MemorySegment beta, long b, long layoutB, long c,
            long layoutC, long stream) {
        return refuse("cublasLtMatrixTransform");
    }

    private int createTransform(MemorySegment transform, int scaleType) {
        return refuse("cublasLtMatrixTransformDescCreate");
    }

    private int destroyTransform(long transform) {
        return refuse("cublasLtMatrixTransformDescDestroy");
    }

    private int setTransform(long transform, int attribute, MemorySegment buffer, long bytes) {
        return refuse("cublasLtMatrixTransformDescSetAttribute");
    }

    private int getTransform(long transform, int attribute, MemorySegment buffer, long bytes, MemorySegment written) {
        return refuse("cublasLtMatrixTransformDescGetAttribute");
    }

    private int refuse(String function) {
        return gate.call(function, () -> {
            throw new BlasException(BlasStatus.NOT_SUPPORTED, "the simulator has no " + function);
        });
    }
}
