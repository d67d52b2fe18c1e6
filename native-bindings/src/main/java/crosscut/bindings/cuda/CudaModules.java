package crosscut.bindings.cuda;

import static crosscut.bindings.generated.cuda.Cuda.*;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;

/** Modules and their functions. */
public final class CudaModules {

    /** Attribute: registers of a thread. */
    public static final int REGISTERS = CU_FUNC_ATTRIBUTE_NUM_REGS();

    /** Attribute: bytes of local memory of a thread. */
    public static final int LOCAL_BYTES = CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES();

    /** Attribute: most dynamic shared memory of a block; can be raised above 48 KiB. */
    public static final int DYNAMIC_SHARED_BYTES = CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES();

    private static final int LOG_BYTES = 8192;

    private final CudaStatus status;
    private final MemorySegment out = Arena.ofAuto().allocate(JAVA_LONG);
    private final MemorySegment load;
    private final MemorySegment unload;
    private final MemorySegment function;
    private final MemorySegment getAttribute;
    private final MemorySegment setAttribute;
    private final MemorySegment occupancy;

    CudaModules(SymbolLookup symbols, CudaStatus status) {
        this.status = status;
        load = CudaFunctions.find(symbols, "cuModuleLoadDataEx");
        unload = CudaFunctions.find(symbols, "cuModuleUnload");
        function = CudaFunctions.find(symbols, "cuModuleGetFunction");
        getAttribute = CudaFunctions.find(symbols, "cuFuncGetAttribute");
        setAttribute = CudaFunctions.find(symbols, "cuFuncSetAttribute");
        occupancy = CudaFunctions.find(symbols, "cuOccupancyMaxActiveBlocksPerMultiprocessor");
    }

    /**
     * Compiles PTX for the current context's device and loads it.
     *
     * @throws crosscut.bindings.NativeException with the compiler's log when it does not compile
     */
    public synchronized long load(byte[] ptx) {
        try (Arena arena = Arena.ofConfined()) {
            // The driver looks for the end of the text.
            MemorySegment image = arena.allocate(ptx.length + 1L);
            MemorySegment.copy(ptx, 0, image, JAVA_BYTE, 0, ptx.length);
            MemorySegment log = arena.allocate(LOG_BYTES);
            MemorySegment options = arena.allocateFrom(JAVA_INT, CU_JIT_ERROR_LOG_BUFFER(), CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES());
            MemorySegment values = arena.allocateFrom(JAVA_LONG, log.address(), LOG_BYTES);
            int code = cuModuleLoadDataEx(load, out.address(), image.address(), 2, options.address(), values.address());
            status.check("cuModuleLoadDataEx", code, log.getString(0));
            return out.get(JAVA_LONG, 0);
        }
    }

    public void unload(long module) {
        status.check("cuModuleUnload", cuModuleUnload(unload, module));
    }

    /** The kernel of that name. */
    public synchronized long function(long module, String name) {
        try (Arena arena = Arena.ofConfined()) {
            status.check("cuModuleGetFunction", cuModuleGetFunction(function, out.address(), module, arena.allocateFrom(name).address()));
            return out.get(JAVA_LONG, 0);
        }
    }

    /** The value of one of this class's attributes. */
    public synchronized int attribute(long kernel, int attribute) {
        status.check("cuFuncGetAttribute", cuFuncGetAttribute(getAttribute, out.address(), attribute, kernel));
        return out.get(JAVA_INT, 0);
    }

    /** Changes one of this class's attributes. */
    public void setAttribute(long kernel, int attribute, int value) {
        status.check("cuFuncSetAttribute", cuFuncSetAttribute(setAttribute, kernel, attribute, value));
    }

    /** Blocks of that size that a multiprocessor can hold at once. */
    public synchronized int activeBlocks(long kernel, int threads, long dynamicSharedBytes) {
        status.check("cuOccupancyMaxActiveBlocksPerMultiprocessor",
                cuOccupancyMaxActiveBlocksPerMultiprocessor(occupancy, out.address(), kernel, threads, dynamicSharedBytes));
        return out.get(JAVA_INT, 0);
    }
}
