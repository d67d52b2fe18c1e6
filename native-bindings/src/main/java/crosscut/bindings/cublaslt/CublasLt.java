package crosscut.bindings.cublaslt;

import static crosscut.bindings.generated.cublaslt.CublasLt.*;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import crosscut.bindings.CudaLibraryPlaces;
import crosscut.bindings.LibraryLoader;
import crosscut.bindings.LoadReport;
import crosscut.bindings.NativeLibrary;
import crosscut.bindings.UnavailableLibraryException;
import crosscut.bindings.generated.cublaslt.cublasLtMatmulAlgo_t;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;

/**
 * cuBLASLt, every status checked where it is returned ({@link crosscut.bindings.NativeException}). Handles are longs; matrices are column-major as there. Calls
 * that make something take turns; {@link #matmul} allocates nothing.
 */
public final class CublasLt {

    private static final int NOT_SUPPORTED = CublasStatus.NOT_SUPPORTED.code();

    private final MemorySegment out = Arena.ofAuto().allocate(2 * JAVA_LONG.byteSize(), JAVA_LONG.byteSize());
    private final MemorySegment getVersion;
    private final MemorySegment create;
    private final MemorySegment destroy;
    private final MemorySegment operationCreate;
    private final MemorySegment operationSet;
    private final MemorySegment operationDestroy;
    private final MemorySegment layoutCreate;
    private final MemorySegment layoutDestroy;
    private final MemorySegment preferenceCreate;
    private final MemorySegment preferenceSet;
    private final MemorySegment preferenceDestroy;
    private final MemorySegment getHeuristic;
    private final MemorySegment algorithmCheck;
    private final MemorySegment matmul;

    /**
     * Binds a library.
     *
     * @throws UnavailableLibraryException when it lacks a function
     */
    public CublasLt(SymbolLookup symbols) {
        getVersion = find(symbols, "cublasLtGetVersion");
        create = find(symbols, "cublasLtCreate");
        destroy = find(symbols, "cublasLtDestroy");
        operationCreate = find(symbols, "cublasLtMatmulDescCreate");
        operationSet = find(symbols, "cublasLtMatmulDescSetAttribute");
        operationDestroy = find(symbols, "cublasLtMatmulDescDestroy");
        layoutCreate = find(symbols, "cublasLtMatrixLayoutCreate");
        layoutDestroy = find(symbols, "cublasLtMatrixLayoutDestroy");
        preferenceCreate = find(symbols, "cublasLtMatmulPreferenceCreate");
        preferenceSet = find(symbols, "cublasLtMatmulPreferenceSetAttribute");
        preferenceDestroy = find(symbols, "cublasLtMatmulPreferenceDestroy");
        getHeuristic = find(symbols, "cublasLtMatmulAlgoGetHeuristic");
        algorithmCheck = find(symbols, "cublasLtMatmulAlgoCheck");
        matmul = find(symbols, "cublasLtMatmul");
    }

    private static MemorySegment find(SymbolLookup symbols, String name) {
        return symbols.find(name).orElseThrow(() -> new UnavailableLibraryException(
                "cuBLASLt has no function " + name + ": version 12 or 13 is needed; CROSSCUT_CUDA_LIBS names its folder"));
    }

    /** Looks for the library, version 13 before 12, and says what became of every place. */
    public static LoadReport find(LibraryLoader loader) {
        return loader.load(new NativeLibrary("cuBLASLt", "CROSSCUT_CUBLASLT",
                CudaLibraryPlaces.of(loader.environment(), "libcublasLt.so.13", "libcublasLt.so.12")));
    }

    /** Version: 130100 for 13.1. */
    public long version() {
        return cublasLtGetVersion(getVersion);
    }

    /** Starts the library on the current context's device. */
    public synchronized long createHandle() {
        CublasStatus.check("cublasLtCreate", cublasLtCreate(create, out.address()));
        return out.get(JAVA_LONG, 0);
    }

    public void destroyHandle(long handle) {
        CublasStatus.check("cublasLtDestroy", cublasLtDestroy(destroy, handle));
    }

    /** A product without epilogue; what it computes in and the type of alpha and beta. */
    public synchronized long createOperation(int computeType, int scaleType) {
        CublasStatus.check("cublasLtMatmulDescCreate", cublasLtMatmulDescCreate(operationCreate, out.address(), computeType, scaleType));
        return out.get(JAVA_LONG, 0);
    }

    /** Sets a 32-bit attribute of a product. */
    public synchronized void setOperation(long operation, int attribute, int value) {
        out.set(JAVA_INT, 0, value);
        CublasStatus.check("cublasLtMatmulDescSetAttribute",
                cublasLtMatmulDescSetAttribute(operationSet, operation, attribute, out.address(), Integer.BYTES));
    }

    /** Sets a 64-bit attribute of a product. */
    public synchronized void setOperation(long operation, int attribute, long value) {
        out.set(JAVA_LONG, 0, value);
        CublasStatus.check("cublasLtMatmulDescSetAttribute",
                cublasLtMatmulDescSetAttribute(operationSet, operation, attribute, out.address(), Long.BYTES));
    }

    public void destroyOperation(long operation) {
        CublasStatus.check("cublasLtMatmulDescDestroy", cublasLtMatmulDescDestroy(operationDestroy, operation));
    }

    /** A column-major matrix. */
    public synchronized long createLayout(int type, long rows, long columns, long leadingDimension) {
        CublasStatus.check("cublasLtMatrixLayoutCreate", cublasLtMatrixLayoutCreate(layoutCreate, out.address(), type, rows, columns, leadingDimension));
        return out.get(JAVA_LONG, 0);
    }

    public void destroyLayout(long layout) {
        CublasStatus.check("cublasLtMatrixLayoutDestroy", cublasLtMatrixLayoutDestroy(layoutDestroy, layout));
    }

    /** What algorithms may be suggested. */
    public synchronized long createPreference() {
        CublasStatus.check("cublasLtMatmulPreferenceCreate", cublasLtMatmulPreferenceCreate(preferenceCreate, out.address()));
        return out.get(JAVA_LONG, 0);
    }

    /** Sets a 32-bit attribute of a preference. */
    public synchronized void setPreference(long preference, int attribute, int value) {
        out.set(JAVA_INT, 0, value);
        CublasStatus.check("cublasLtMatmulPreferenceSetAttribute",
                cublasLtMatmulPreferenceSetAttribute(preferenceSet, preference, attribute, out.address(), Integer.BYTES));
    }

    /** Sets a 64-bit attribute of a preference. */
    public synchronized void setPreference(long preference, int attribute, long value) {
        out.set(JAVA_LONG, 0, value);
        CublasStatus.check("cublasLtMatmulPreferenceSetAttribute",
                cublasLtMatmulPreferenceSetAttribute(preferenceSet, preference, attribute, out.address(), Long.BYTES));
    }

    public void destroyPreference(long preference) {
        CublasStatus.check("cublasLtMatmulPreferenceDestroy", cublasLtMatmulPreferenceDestroy(preferenceDestroy, preference));
    }

    /** Fills {@code results} with algorithms for a product, best first; with none when the library does not offer it. */
    public synchronized void heuristics(long handle, long operation, long a, long b, long c, long d, long preference, MatmulHeuristics results) {
        int code = cublasLtMatmulAlgoGetHeuristic(getHeuristic, handle, operation, a, b, c, d, preference, results.capacity(), results.results().address(),
                out.address());
        results.setCount(0);
        if (code != NOT_SUPPORTED) {
            CublasStatus.check("cublasLtMatmulAlgoGetHeuristic", code);
            results.setCount(out.get(JAVA_INT, 0));
        }
    }

    /** Whether an algorithm that was kept (64 bytes) still fits a product; its workspace is then in the first result. */
    public synchronized boolean isAlgorithmUsable(long handle, long operation, long a, long b, long c, long d, MemorySegment algorithm, MatmulHeuristics result) {
        int code = cublasLtMatmulAlgoCheck(algorithmCheck, handle, operation, a, b, c, d, algorithm.address(), result.results().address());
        boolean usable = code == CublasStatus.SUCCESS.code();
        result.setCount(usable ? 1 : 0);
        return usable;
    }

    /** Bytes of an opaque algorithm. */
    public static long algorithmBytes() {
        return cublasLtMatmulAlgo_t.sizeof();
    }

    /**
     * Enqueues {@code D = epilogue(alpha A B + beta C)}.
     *
     * @param alpha host address of a factor, which must stay valid
     * @param beta host address of a factor, which must stay valid
     * @param algorithm address of an opaque algorithm
     */
    public void matmul(long handle, long operation, long alpha, long a, long aLayout, long b, long bLayout, long beta, long c, long cLayout, long d,
            long dLayout, long algorithm, long workspace, long workspaceBytes, long stream) {
        CublasStatus.check("cublasLtMatmul", cublasLtMatmul(matmul, handle, operation, alpha, a, aLayout, b, bLayout, beta, c, cLayout, d, dLayout, algorithm,
                workspace, workspaceBytes, stream));
    }
}
