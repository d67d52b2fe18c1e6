package crosscut.kernels.device;

import crosscut.bindings.linux.AnonymousMemory;
import java.util.ArrayList;
import java.util.List;

/**
 * What the process of a CPU rank takes besides what the engine allocates. The rank is started with a heap and with compilers of these numbers, so that its
 * share does not depend on the machine; the sizes are what Linux on x86-64 with Java 25 shows of such a process (docs/performance.md has the measurement).
 */
public final class ProcessMemory {

    /**
     * Young generation of the heap. While code is being compiled, vectors are objects: garbage fills whatever there is, and this much lets a collection be a
     * matter of a millisecond without being frequent.
     */
    public static final long YOUNG_HEAP = 32L << 20;

    /** Heap at the start: room beside the young generation for what lives as long as the run, without a collection to make it. */
    public static final long INITIAL_HEAP = YOUNG_HEAP + (16L << 20);

    /** Objects that live as long as the run. */
    private static final long LIVE_HEAP = 8L << 20;

    /** Pages of the JVM, its shared classes, oneDNN and the C library that are read. */
    private static final long LIBRARIES = 76L << 20;

    /** Metadata of classes, symbols, compiled methods. */
    private static final long CODE = 36L << 20;

    /** Most that a compiler needs for one method; the C library keeps it for the next. */
    private static final long COMPILER = 20L << 20;

    /** Stack of a worker, and its scratch for products. */
    private static final long WORKER = 2L << 20;

    private static final int FEWEST_COMPILERS = 2;
    private static final int MOST_COMPILERS = 4;

    private ProcessMemory() {
    }

    /** Compiler threads of a JVM with so many workers: the least that the JVM allows, and never as many as it would start on a large machine. */
    public static int compilers(int threads) {
        return Math.clamp(threads, FEWEST_COMPILERS, MOST_COMPILERS);
    }

    /**
     * The process's share.
     *
     * @param threads workers of the device
     * @param allocations of the engine, each of which fills its last page
     */
    static List<PlannedMemory> planned(int threads, List<PlannedMemory> allocations) {
        List<PlannedMemory> share = new ArrayList<>();
        share.add(new PlannedMemory("JVM and libraries", LIBRARIES, true));
        share.add(new PlannedMemory("Java heap", YOUNG_HEAP + LIVE_HEAP, true));
        share.add(new PlannedMemory("compilers", COMPILER * compilers(threads), true));
        share.add(new PlannedMemory("classes and compiled code", CODE, true));
        share.add(new PlannedMemory("worker threads", WORKER * threads, true));
        share.add(new PlannedMemory("rest of huge pages", allocations.stream().mapToLong(ProcessMemory::restOfLastPage).sum(), true));
        return share;
    }

    private static long restOfLastPage(PlannedMemory planned) {
        return planned.byteSize() < AnonymousMemory.HUGE_PAGE ? 0 : Math.floorMod(-planned.byteSize(), AnonymousMemory.HUGE_PAGE);
    }
}
