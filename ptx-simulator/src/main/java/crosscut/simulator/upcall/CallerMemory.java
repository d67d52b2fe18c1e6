package crosscut.simulator.upcall;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/**
 * The memory behind the pointers that a native caller passes. Values travel through {@code process_vm_readv} and {@code process_vm_writev} of Linux, which
 * answer a wild pointer with an error where an access of our own would end the process. Where the kernel forbids the two calls, memory is accessed directly.
 */
@SuppressWarnings("restricted")
public final class CallerMemory {

    private static final FunctionDescriptor TRANSFER = FunctionDescriptor.of(ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS,
            ValueLayout.JAVA_LONG, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG);
    private static final MethodHandle READ = bind("process_vm_readv");
    private static final MethodHandle WRITE = bind("process_vm_writev");
    private static final int PROCESS = (int) ProcessHandle.current().pid();
    private static final int PAGE = 4096;
    private static final int VECTOR_BYTES = 16;
    private static final ThreadLocal<MemorySegment> SCRATCH = ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(2 * VECTOR_BYTES + PAGE, 16));
    private static final boolean IS_CHECKED = worksHere();

    private CallerMemory() {
    }

    private static MethodHandle bind(String name) {
        Linker linker = Linker.nativeLinker();
        return linker.defaultLookup().find(name).map(address -> linker.downcallHandle(address, TRANSFER)).orElse(null);
    }

    private static boolean worksHere() {
        MemorySegment probe = Arena.ofAuto().allocate(Long.BYTES);
        return READ != null && WRITE != null && transfer(READ, probe.address(), Long.BYTES) && transfer(WRITE, probe.address(), Long.BYTES);
    }

    /** The 8 bytes behind {@code pointer}, which the caller passed as {@code argument}. */
    public static long readLong(MemorySegment pointer, String argument) {
        return fetch(pointer.address(), Long.BYTES, argument).get(ValueLayout.JAVA_LONG, 0);
    }

    /** The 4 bytes behind {@code pointer}. */
    public static int readInt(MemorySegment pointer, String argument) {
        return fetch(pointer.address(), Integer.BYTES, argument).get(ValueLayout.JAVA_INT, 0);
    }

    /** Stores 8 bytes behind {@code pointer}. */
    public static void writeLong(MemorySegment pointer, long value, String argument) {
        MemorySegment staged = staged();
        staged.set(ValueLayout.JAVA_LONG, 0, value);
        store(pointer.address(), Long.BYTES, argument);
    }

    /** Stores 4 bytes behind {@code pointer}. */
    public static void writeInt(MemorySegment pointer, int value, String argument) {
        MemorySegment staged = staged();
        staged.set(ValueLayout.JAVA_INT, 0, value);
        store(pointer.address(), Integer.BYTES, argument);
    }

    /** Copies up to a page from the caller's memory into {@code target}. */
    public static void read(long address, MemorySegment target, String argument) {
        for (long done = 0; done < target.byteSize(); done += PAGE) {
            int bytes = (int) Math.min(PAGE, target.byteSize() - done);
            MemorySegment.copy(fetch(address + done, bytes, argument), 0, target, done, bytes);
        }
    }

    /** Copies {@code source} into the caller's memory. */
    public static void write(long address, MemorySegment source, String argument) {
        for (long done = 0; done < source.byteSize(); done += PAGE) {
            int bytes = (int) Math.min(PAGE, source.byteSize() - done);
            MemorySegment.copy(source, done, staged(), 0, bytes);
            store(address + done, bytes, argument);
        }
    }

    /** The zero-terminated text behind {@code pointer}. */
    public static String readText(MemorySegment pointer, String argument) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        long address = pointer.address();
        while (true) {
            int bytes = PAGE - (int) (address % PAGE);
            MemorySegment piece = fetch(address, bytes, argument);
            for (int index = 0; index < bytes; index++) {
                byte value = piece.get(ValueLayout.JAVA_BYTE, index);
                if (value == 0) {
                    return text.toString(StandardCharsets.UTF_8);
                }
                text.write(value);
            }
            address += bytes;
        }
    }

    /** Stores a zero-terminated text of at most {@code capacity} bytes, cut where it is longer. */
    public static void writeText(MemorySegment pointer, int capacity, String text, String argument) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        byte[] terminated = new byte[Math.min(bytes.length + 1, Math.max(capacity, 0))];
        System.arraycopy(bytes, 0, terminated, 0, Math.max(terminated.length - 1, 0));
        write(pointer.address(), MemorySegment.ofArray(terminated), argument);
    }

    /**
     * A view of {@code bytes} of the caller's memory, of which the first and the last byte are known to be there.
     *
     * @throws CallerMemoryException when one of them is not
     */
    public static MemorySegment view(MemorySegment pointer, long bytes, String argument) {
        if (bytes > 0) {
            fetch(pointer.address(), 1, argument);
            fetch(pointer.address() + bytes - 1, 1, argument);
        }
        return MemorySegment.ofAddress(pointer.address()).reinterpret(bytes);
    }

    private static MemorySegment fetch(long address, int bytes, String argument) {
        if (address == 0 || IS_CHECKED && !transfer(READ, address, bytes)) {
            throw new CallerMemoryException(argument, address, bytes, "read");
        }
        MemorySegment staged = staged();
        if (!IS_CHECKED) {
            MemorySegment.copy(MemorySegment.ofAddress(address).reinterpret(bytes), 0, staged, 0, bytes);
        }
        return staged;
    }

    private static void store(long address, int bytes, String argument) {
        if (address == 0 || IS_CHECKED && !transfer(WRITE, address, bytes)) {
            throw new CallerMemoryException(argument, address, bytes, "write");
        }
        if (!IS_CHECKED) {
            MemorySegment.copy(staged(), 0, MemorySegment.ofAddress(address).reinterpret(bytes), 0, bytes);
        }
    }

    private static MemorySegment staged() {
        return SCRATCH.get().asSlice(2 * VECTOR_BYTES);
    }

    /** Moves bytes between the thread's staging page and {@code address}; false where the process has no such memory. */
    private static boolean transfer(MethodHandle direction, long address, int bytes) {
        MemorySegment scratch = SCRATCH.get();
        scratch.set(ValueLayout.JAVA_LONG, 0, scratch.address() + 2 * VECTOR_BYTES);
        scratch.set(ValueLayout.JAVA_LONG, 8, bytes);
        scratch.set(ValueLayout.JAVA_LONG, VECTOR_BYTES, address);
        scratch.set(ValueLayout.JAVA_LONG, VECTOR_BYTES + 8, bytes);
        try {
            return (long) direction.invokeExact(PROCESS, scratch, 1L, scratch.asSlice(VECTOR_BYTES), 1L, 0L) == bytes;
        } catch (RuntimeException | Error thrown) {
            throw thrown;
        } catch (Throwable thrown) {
            throw new IllegalStateException(thrown);
        }
    }
}
