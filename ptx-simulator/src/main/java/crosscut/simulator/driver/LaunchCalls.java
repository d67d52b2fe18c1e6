package crosscut.simulator.driver;

import static crosscut.simulator.driver.DriverException.require;
import static crosscut.simulator.upcall.UpcallSymbols.status;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import crosscut.simulator.execution.GridShape;
import crosscut.simulator.program.PtxParameter;
import crosscut.simulator.upcall.CallerMemory;
import crosscut.simulator.upcall.CallerMemoryException;
import crosscut.simulator.upcall.UpcallSymbols;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;

/** Launches of kernels and of host functions. */
@SuppressWarnings("restricted")
final class LaunchCalls {

    private static final MethodHandle HOST_FUNCTION = Linker.nativeLinker().downcallHandle(FunctionDescriptor.ofVoid(ADDRESS));
    /** Fields of CUlaunchConfig before the stream: grid, block and dynamic shared memory. */
    private static final int SIZES = 7;
    private static final int STREAM_OFFSET = 32;
    private static final int ATTRIBUTE_COUNT_OFFSET = 48;

    private final DriverState driver;

    LaunchCalls(DriverState driver) {
        this.driver = driver;
    }

    void addTo(UpcallSymbols symbols) {
        MethodHandles.Lookup here = MethodHandles.lookup();
        symbols.add(here, this, "cuLaunchKernel", "launch", status(JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG,
                        ADDRESS, ADDRESS))
                .add(here, this, "cuLaunchKernelEx", "launchExtended", status(ADDRESS, JAVA_LONG, ADDRESS, ADDRESS))
                .add(here, this, "cuLaunchHostFunc", "launchHostFunction", status(JAVA_LONG, ADDRESS, ADDRESS));
    }

    private int launch(long function, int gridX, int gridY, int gridZ, int blockX, int blockY, int blockZ, int sharedBytes, long stream,
            MemorySegment parameters, MemorySegment extra) {
        int[] sizes = {gridX, gridY, gridZ, blockX, blockY, blockZ, sharedBytes};
        return driver.gate.call("cuLaunchKernel", () -> launch(function, sizes, stream, parameters, extra));
    }

    private int launchExtended(MemorySegment configuration, long function, MemorySegment parameters, MemorySegment extra) {
        return driver.gate.call("cuLaunchKernelEx", () -> {
            int[] sizes = new int[SIZES];
            for (int index = 0; index < SIZES; index++) {
                sizes[index] = CallerMemory.readInt(MemorySegment.ofAddress(configuration.address() + (long) index * Integer.BYTES), "config");
            }
            long stream = CallerMemory.readLong(MemorySegment.ofAddress(configuration.address() + STREAM_OFFSET), "config");
            int attributes = CallerMemory.readInt(MemorySegment.ofAddress(configuration.address() + ATTRIBUTE_COUNT_OFFSET), "config");
            require(attributes == 0, DriverStatus.NOT_SUPPORTED, "the simulator knows no launch attributes; " + attributes + " were given");
            launch(function, sizes, stream, parameters, extra);
        });
    }

    private void launch(long handle, int[] sizes, long streamHandle, MemorySegment parameters, MemorySegment extra) {
        LoadedFunction function = driver.functions.get(handle);
        SimulatedStream stream = driver.streams.get(streamHandle);
        require(extra.address() == 0, DriverStatus.NOT_SUPPORTED, "arguments come through kernelParams; the simulator takes no extra");
        driver.queue.enqueue(stream, new KernelLaunch(function, shape(function, sizes), arguments(function, parameters)));
    }

    /** The shape of a launch, when a GPU can launch it. */
    private static GridShape shape(LoadedFunction function, int[] sizes) {
        String kernel = function.kernel.name();
        require(sizes[0] > 0 && sizes[1] > 0 && sizes[2] > 0 && sizes[1] <= SimulatedDevice.GRID_SIDE && sizes[2] <= SimulatedDevice.GRID_SIDE,
                DriverStatus.INVALID_VALUE, kernel + " with a grid of " + sizes[0] + " x " + sizes[1] + " x " + sizes[2] + " blocks");
        long threads = (long) sizes[3] * sizes[4] * sizes[5];
        boolean sidesFit = isSide(sizes[3], SimulatedDevice.BLOCK_THREADS) && isSide(sizes[4], SimulatedDevice.BLOCK_THREADS)
                && isSide(sizes[5], SimulatedDevice.BLOCK_DEPTH);
        require(sidesFit && threads <= SimulatedDevice.BLOCK_THREADS, DriverStatus.INVALID_VALUE,
                kernel + " with blocks of " + sizes[3] + " x " + sizes[4] + " x " + sizes[5] + " threads");
        require(threads <= function.maximumThreads(), DriverStatus.LAUNCH_OUT_OF_RESOURCES,
                kernel + " with blocks of " + threads + " threads was compiled for at most " + function.maximumThreads());
        require(sizes[6] >= 0 && sizes[6] <= function.maximumDynamicSharedBytes, DriverStatus.INVALID_VALUE, kernel + " with " + sizes[6]
                + " bytes of dynamic shared memory; it may have " + function.maximumDynamicSharedBytes + " until cuFuncSetAttribute allows more");
        return new GridShape(sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], sizes[5], sizes[6]);
    }

    private static boolean isSide(int length, int most) {
        return length > 0 && length <= most;
    }

    /** Copies every parameter's value from behind its pointer, as many bytes as the kernel declares. */
    private static MemorySegment arguments(LoadedFunction function, MemorySegment parameters) {
        MemorySegment block = Arena.ofAuto().allocate(Math.max(Long.BYTES, function.kernel.parameterBytes()), 16);
        int index = 0;
        for (PtxParameter parameter : function.kernel.parameters()) {
            String argument = "kernelParams[" + index + "] of " + function.kernel.name();
            long value = CallerMemory.readLong(MemorySegment.ofAddress(parameters.address() + (long) index++ * Long.BYTES), argument);
            try {
                CallerMemory.read(value, block.asSlice(parameter.byteOffset(), parameter.byteSize()), argument);
            } catch (CallerMemoryException wild) {
                throw new DriverException(DriverStatus.INVALID_VALUE, wild.getMessage() + "; the kernel has " + function.kernel.parameters().size()
                        + " parameters");
            }
        }
        return block;
    }

    private int launchHostFunction(long handle, MemorySegment function, MemorySegment data) {
        return driver.gate.call("cuLaunchHostFunc", () -> {
            SimulatedStream stream = driver.streams.get(handle);
            require(function.address() != 0, DriverStatus.INVALID_VALUE, "the host function is the null pointer");
            driver.queue.enqueue(stream, new Simple("host function 0x" + Long.toHexString(function.address()), access -> {
                access.finishTransfers();
                driver.gate.runHostFunction(() -> call(function, data));
            }));
        });
    }

    private static void call(MemorySegment function, MemorySegment data) {
        try {
            HOST_FUNCTION.invokeExact(function, data);
        } catch (RuntimeException | Error thrown) {
            throw thrown;
        } catch (Throwable thrown) {
            throw new IllegalStateException(thrown);
        }
    }
}
