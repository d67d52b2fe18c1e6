package crosscut.bindings.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import crosscut.bindings.NativeException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * Memory straight from the operating system (mmap): zero without being written, so a large table costs nothing until it is filled, by all threads at once; in
 * pages of 2 MiB where the system gives them, so that reading random rows does not wait for address translation; and not counted against the JVM's limit for
 * direct memory, which is the size of the heap unless a flag says otherwise.
 */
public final class AnonymousMemory {

    /** Start and length are multiples of this, the size of a huge page on x86-64. */
    public static final long HUGE_PAGE = 2L << 20;

    private static final int PROTECTION_READ_WRITE = 0x3;
    private static final int MAP_PRIVATE_ANONYMOUS_NORESERVE = 0x2 | 0x20 | 0x4000;
    private static final int ADVICE_HUGE_PAGES = 14;
    private static final long MAP_FAILED = -1;

    private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle MMAP =
            link("mmap", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MUNMAP = link("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle MADVISE = link("madvise", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));

    private AnonymousMemory() {
    }

    /** Whether this system is one whose constants are known here. */
    public static boolean isSupported() {
        return System.getProperty("os.name").equals("Linux");
    }

    /**
     * Maps zero memory that is freed when {@code arena} is closed.
     *
     * @throws NativeException when the system refuses
     */
    @SuppressWarnings("restricted")
    public static MemorySegment map(Arena arena, long byteSize) {
        // One page more than asked for leaves room to start on a page boundary.
        long length = Math.addExact(Math.ceilDiv(byteSize, HUGE_PAGE), 1) * HUGE_PAGE;
        try (Arena call = Arena.ofConfined()) {
            MemorySegment state = call.allocate(CALL_STATE);
            long address = (long) MMAP.invokeExact(state, 0L, length, PROTECTION_READ_WRITE, MAP_PRIVATE_ANONYMOUS_NORESERVE, -1, 0L);
            if (address == MAP_FAILED) {
                throw failure("mmap", state, length);
            }
            long start = Math.ceilDiv(address, HUGE_PAGE) * HUGE_PAGE;
            // Only advice: a kernel without huge pages refuses it, and the memory is as good but slower.
            int ignored = (int) MADVISE.invokeExact(state, start, length - HUGE_PAGE, ADVICE_HUGE_PAGES);
            return MemorySegment.ofAddress(start).reinterpret(byteSize, arena, segment -> unmap(address, length));
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static void unmap(long address, long length) {
        try (Arena call = Arena.ofConfined()) {
            MemorySegment state = call.allocate(CALL_STATE);
            int status = (int) MUNMAP.invokeExact(state, address, length);
            if (status != 0) {
                throw failure("munmap", state, length);
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static NativeException failure(String function, MemorySegment state, long length) {
        return new NativeException(function, (int) ERRNO.get(state, 0L), "an errno", "the operating system refused " + length + " bytes",
                "check ulimit -v and the memory limit of the container");
    }

    @SuppressWarnings("restricted")
    private static MethodHandle link(String function, FunctionDescriptor descriptor) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(function), descriptor, Linker.Option.captureCallState("errno"));
    }
}
