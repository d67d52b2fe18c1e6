package crosscut.kernels.gemm;

import crosscut.bindings.linux.AnonymousMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Scratch memory of every worker, shared by all ops: a worker runs one task at a time. It grows while ops are bound, never when they run. Where the system maps
 * pages when they are first written, a worker that writes nothing takes nothing.
 */
final class WorkerScratch implements AutoCloseable {

    /** Keeps the scratch of two workers off one page, and starts of buffers aligned for every instruction. */
    private static final long PAGE = 4096;

    private final int workers;
    private Arena arena = Arena.ofShared();
    private MemorySegment memory = MemorySegment.NULL;
    private long byteSizePerWorker;

    WorkerScratch(int workers) {
        this.workers = workers;
    }

    /** Makes room for {@code byteSize} bytes per worker. What the scratch held is lost. */
    void reserve(long byteSize) {
        if (byteSize <= byteSizePerWorker) {
            return;
        }
        long rounded = Math.ceilDiv(byteSize, PAGE) * PAGE;
        Arena larger = Arena.ofShared();
        memory = AnonymousMemory.isSupported() ? AnonymousMemory.map(larger, rounded * workers) : larger.allocate(rounded * workers, PAGE);
        arena.close();
        arena = larger;
        byteSizePerWorker = rounded;
    }

    /** Bytes of the scratch of a worker. */
    long byteSizePerWorker() {
        return byteSizePerWorker;
    }

    /** The scratch of all workers. */
    MemorySegment segment() {
        return memory;
    }

    /** Bytes from the start of {@link #segment()} to the scratch of a worker. */
    long byteOffset(int worker) {
        return worker * byteSizePerWorker;
    }

    /** Address of the scratch of a worker. */
    long address(int worker) {
        return memory.address() + byteOffset(worker);
    }

    @Override
    public void close() {
        arena.close();
    }
}
