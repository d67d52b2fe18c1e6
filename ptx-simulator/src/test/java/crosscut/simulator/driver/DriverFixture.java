package crosscut.simulator.driver;

import crosscut.simulator.SimulatorOptions;
import crosscut.simulator.upcall.NativeCaller;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A simulated driver with a current context, called as native code calls it. */
public final class DriverFixture implements AutoCloseable {

    public final SimulatedCuda cuda;
    public final NativeCaller calls;

    public DriverFixture() {
        this(SimulatedDevice.defaults());
    }

    public DriverFixture(SimulatedDevice device) {
        cuda = new SimulatedCuda(SimulatorOptions.defaults(), device);
        calls = new NativeCaller(cuda, cuda.descriptors());
        calls.succeed("cuInit", 0);
        calls.succeed("cuCtxSetCurrent", calls.make("cuDevicePrimaryCtxRetain", 0));
    }

    public long allocate(long bytes) {
        return calls.make("cuMemAlloc_v2", bytes);
    }

    /** Device memory that something has written. */
    public long filled(long bytes) {
        long address = allocate(bytes);
        calls.succeed("cuMemsetD8Async", address, (byte) 0, bytes, 0L);
        calls.succeed("cuCtxSynchronize");
        return address;
    }

    /** A stream that does not wait for the default stream. */
    public long stream() {
        return calls.make("cuStreamCreate", 1);
    }

    public long event() {
        return calls.make("cuEventCreate", 2);
    }

    /** Pinned memory, as the host sees it. */
    @SuppressWarnings("restricted")
    public MemorySegment pinned(long bytes) {
        return MemorySegment.ofAddress(calls.make("cuMemHostAlloc", bytes, 0)).reinterpret(bytes);
    }

    public void fill(long address, int value, long count, long stream) {
        calls.succeed("cuMemsetD32Async", address, value, count, stream);
    }

    public int read(long address) {
        MemorySegment host = calls.cell();
        calls.succeed("cuMemcpyDtoH_v2", host, address, 4L);
        return host.get(ValueLayout.JAVA_INT, 0);
    }

    /** A function of a module that is loaded from PTX. */
    public long function(String ptx, String name) {
        long module = calls.make("cuModuleLoadDataEx", calls.text(ptx), 0, MemorySegment.NULL, MemorySegment.NULL);
        return calls.make("cuModuleGetFunction", module, calls.text(name));
    }

    /** Launches blocks and threads along x; arguments are of the types of the kernel's parameters. */
    public void launch(long function, int blocks, int threads, int sharedBytes, long stream, Object... arguments) {
        MemorySegment pointers = calls.bytes(8L * arguments.length);
        for (int index = 0; index < arguments.length; index++) {
            MemorySegment cell = calls.cell();
            switch (arguments[index]) {
                case Integer value -> cell.set(ValueLayout.JAVA_INT, 0, value);
                case Float value -> cell.set(ValueLayout.JAVA_FLOAT, 0, value);
                default -> cell.set(ValueLayout.JAVA_LONG, 0, (long) arguments[index]);
            }
            pointers.setAtIndex(ValueLayout.ADDRESS, index, cell);
        }
        calls.succeed("cuLaunchKernel", function, blocks, 1, 1, threads, 1, 1, sharedBytes, stream, pointers, MemorySegment.NULL);
    }

    /** Ends a capture and makes its graph ready. */
    public long instantiated(long stream) {
        MemorySegment graph = calls.cell();
        calls.succeed("cuStreamEndCapture", stream, graph);
        return calls.make("cuGraphInstantiateWithFlags", graph.get(ValueLayout.JAVA_LONG, 0), 0L);
    }

    @Override
    public void close() {
        cuda.close();
    }
}
