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

/** What a function needs, and how many of its blocks a multiprocessor holds. */
final class FunctionCalls {

    private static final int MAX_THREADS_PER_BLOCK = 0;
    private static final int SHARED_SIZE_BYTES = 1;
    private static final int PTX_VERSION = 5;
    private static final int BINARY_VERSION = 6;
    private static final int MAX_DYNAMIC_SHARED_SIZE_BYTES = 8;
    private static final int PREFERRED_SHARED_MEMORY_CARVEOUT = 9;
    private static final int LAST_ATTRIBUTE = 15;
    private static final int CARVEOUT_PERCENT = 100;

    private final DriverState driver;

    FunctionCalls(DriverState driver) {
        this.driver = driver;
    }

    void addTo(UpcallSymbols symbols) {
        MethodHandles.Lookup here = MethodHandles.lookup();
        symbols.add(here, this, "cuFuncGetAttribute", "attribute", status(ADDRESS, JAVA_INT, JAVA_LONG))
                .add(here, this, "cuFuncSetAttribute", "setAttribute", status(JAVA_LONG, JAVA_INT, JAVA_INT))
                .add(here, this, "cuOccupancyMaxActiveBlocksPerMultiprocessor", "activeBlocks", status(ADDRESS, JAVA_LONG, JAVA_INT, JAVA_LONG))
                .add(here, this, "cuOccupancyMaxPotentialBlockSize", "potentialBlockSize", status(ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_INT));
    }

    private int attribute(MemorySegment value, int attribute, long handle) {
        return driver.gate.call("cuFuncGetAttribute", () -> {
            LoadedFunction function = driver.functions.get(handle);
            require(attribute >= 0 && attribute <= LAST_ATTRIBUTE, DriverStatus.INVALID_VALUE, attribute + " is no CUfunction_attribute");
            int capability = 10 * SimulatedDevice.CAPABILITY_MAJOR + SimulatedDevice.CAPABILITY_MINOR;
            CallerMemory.writeInt(value, switch (attribute) {
                case MAX_THREADS_PER_BLOCK -> function.maximumThreads();
                case SHARED_SIZE_BYTES -> function.kernel.staticSharedBytes();
                case PTX_VERSION, BINARY_VERSION -> capability;
                case MAX_DYNAMIC_SHARED_SIZE_BYTES -> function.maximumDynamicSharedBytes;
                default -> 0;
            }, "pi");
        });
    }

    private int setAttribute(long handle, int attribute, int value) {
        return driver.gate.call("cuFuncSetAttribute", () -> {
            LoadedFunction function = driver.functions.get(handle);
            if (attribute == MAX_DYNAMIC_SHARED_SIZE_BYTES) {
                int most = SimulatedDevice.OPT_IN_SHARED_BYTES - function.kernel.staticSharedBytes();
                require(value >= 0 && value <= most, DriverStatus.INVALID_VALUE, value + " bytes of dynamic shared memory; at most " + most + " are left");
                function.maximumDynamicSharedBytes = value;
            } else {
                require(attribute == PREFERRED_SHARED_MEMORY_CARVEOUT && value >= -1 && value <= CARVEOUT_PERCENT, DriverStatus.INVALID_VALUE,
                        "attribute " + attribute + " cannot be set to " + value);
            }
        });
    }

    private int activeBlocks(MemorySegment blocks, long handle, int threads, long dynamicSharedBytes) {
        return driver.gate.call("cuOccupancyMaxActiveBlocksPerMultiprocessor", () -> {
            LoadedFunction function = driver.functions.get(handle);
            require(threads > 0 && dynamicSharedBytes >= 0, DriverStatus.INVALID_VALUE, "a block of " + threads + " threads and " + dynamicSharedBytes
                    + " bytes");
            CallerMemory.writeInt(blocks, activeBlocks(function, threads, dynamicSharedBytes), "numBlocks");
        });
    }

    /** Blocks that fit by threads, by block slots and by shared memory; registers are not known to the simulator. */
    private static int activeBlocks(LoadedFunction function, int threads, long dynamicSharedBytes) {
        int warps = (threads + SimulatedDevice.WARP_THREADS - 1) / SimulatedDevice.WARP_THREADS;
        if (threads > function.maximumThreads() || dynamicSharedBytes > function.maximumDynamicSharedBytes) {
            return 0;
        }
        long byThreads = SimulatedDevice.MULTIPROCESSOR_THREADS / (warps * SimulatedDevice.WARP_THREADS);
        long bySharedMemory = SimulatedDevice.MULTIPROCESSOR_SHARED_BYTES
                / (function.kernel.staticSharedBytes() + dynamicSharedBytes + SimulatedDevice.RESERVED_SHARED_BYTES);
        return (int) Math.min(SimulatedDevice.MULTIPROCESSOR_BLOCKS, Math.min(byThreads, bySharedMemory));
    }

    private int potentialBlockSize(MemorySegment gridSize, MemorySegment blockSize, long handle, MemorySegment sharedBytesOfSize, long dynamicSharedBytes,
            int limit) {
        return driver.gate.call("cuOccupancyMaxPotentialBlockSize", () -> {
            LoadedFunction function = driver.functions.get(handle);
            require(sharedBytesOfSize.address() == 0, DriverStatus.NOT_SUPPORTED, "the simulator takes no CUoccupancyB2DSize function");
            int most = limit > 0 ? Math.min(limit, function.maximumThreads()) : function.maximumThreads();
            int best = 0;
            int bestThreads = 0;
            for (int threads = most; threads > 0; threads -= SimulatedDevice.WARP_THREADS) {
                int resident = threads * activeBlocks(function, threads, dynamicSharedBytes);
                if (resident > bestThreads) {
                    best = threads;
                    bestThreads = resident;
                }
            }
            require(best > 0, DriverStatus.INVALID_VALUE, "no block of the function fits with " + dynamicSharedBytes + " bytes of dynamic shared memory");
            CallerMemory.writeInt(gridSize, driver.device.multiprocessors() * bestThreads / best, "minGridSize");
            CallerMemory.writeInt(blockSize, best, "blockSize");
        });
    }
}
