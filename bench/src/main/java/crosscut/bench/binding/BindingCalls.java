package crosscut.bench.binding;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import crosscut.bindings.onednn.OneDnn;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.bytedeco.javacpp.BytePointer;

/**
 * Two functions of the C library in every way of calling them: {@code strlen}, which takes an address and returns a value, and {@code memcpy} of a cache line
 * into a Java array. JNI is what JavaCPP generated; it reads the address from a field of a Java object, as JCuda's does where a function takes a pointer.
 */
@SuppressWarnings("restricted")
final class BindingCalls implements AutoCloseable {

    /** Bytes that are copied. */
    static final int BYTES = 64;

    private static final FunctionDescriptor STRLEN = FunctionDescriptor.of(JAVA_LONG, ADDRESS);
    private static final FunctionDescriptor MEMCPY = FunctionDescriptor.ofVoid(ADDRESS, ADDRESS, JAVA_LONG);
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MemorySegment STRLEN_ADDRESS = LINKER.defaultLookup().findOrThrow("strlen");
    private static final MemorySegment MEMCPY_ADDRESS = LINKER.defaultLookup().findOrThrow("memcpy");

    private static final MethodHandle STRLEN_BOUND = LINKER.downcallHandle(STRLEN_ADDRESS, STRLEN);
    /** As our own bindings link: the function is an argument, addresses are numbers. */
    private static final MethodHandle STRLEN_OF_FUNCTION = LINKER.downcallHandle(FunctionDescriptor.of(JAVA_LONG, JAVA_LONG));
    private static final MethodHandle STRLEN_CRITICAL = LINKER.downcallHandle(STRLEN_ADDRESS, STRLEN, Linker.Option.critical(false));
    private static final MethodHandle MEMCPY_BOUND = LINKER.downcallHandle(MEMCPY_ADDRESS, MEMCPY);
    private static final MethodHandle MEMCPY_CRITICAL_HEAP = LINKER.downcallHandle(MEMCPY_ADDRESS, MEMCPY, Linker.Option.critical(true));

    private final Arena arena = Arena.ofShared();
    private final String text;
    private final MemorySegment segment;
    private final MemorySegment staging = arena.allocate(BYTES);
    private final BytePointer pointer;
    private final MemorySegment strlen = STRLEN_ADDRESS;
    private final OneDnn oneDnn = OneDnn.open();
    private final byte[] array = new byte[BYTES];
    private final MemorySegment arraySegment = MemorySegment.ofArray(array);

    /** @param text what lies in native memory, at most {@value #BYTES} - 1 characters */
    BindingCalls(String text) {
        this.text = text;
        segment = arena.allocate(BYTES);
        segment.setString(0, text);
        pointer = new BytePointer(BYTES);
        pointer.put(segment.toArray(JAVA_BYTE), 0, BYTES);
    }

    long lengthByJni() {
        return BytePointer.strlen(pointer);
    }

    long lengthByOurBinding() throws Throwable {
        return (long) STRLEN_OF_FUNCTION.invokeExact(strlen, segment.address());
    }

    long lengthByFfm() throws Throwable {
        return (long) STRLEN_BOUND.invokeExact(segment);
    }

    /** Without the thread's change of state: the collector waits for the end of the call. */
    long lengthByFfmCritical() throws Throwable {
        return (long) STRLEN_CRITICAL.invokeExact(segment);
    }

    long lengthByFfmWithArena() throws Throwable {
        try (Arena ofCall = Arena.ofConfined()) {
            return (long) STRLEN_BOUND.invokeExact(ofCall.allocateFrom(text));
        }
    }

    /** A call of our facade that every product makes: {@code omp_set_num_threads}. */
    void facade() {
        oneDnn.setThreadsOfCallingThread(1);
    }

    /** GetPrimitiveArrayCritical, memcpy, ReleasePrimitiveArrayCritical. */
    byte[] copyByJniCritical() {
        pointer.get(array, 0, BYTES);
        return array;
    }

    byte[] copyByFfmCritical() throws Throwable {
        MEMCPY_CRITICAL_HEAP.invokeExact(arraySegment, segment, (long) BYTES);
        return array;
    }

    /** Into native memory first, which no option is needed for. */
    byte[] copyByFfmThroughNative() throws Throwable {
        MEMCPY_BOUND.invokeExact(staging, segment, (long) BYTES);
        MemorySegment.copy(staging, JAVA_BYTE, 0, array, 0, BYTES);
        return array;
    }

    /** No call at all. */
    byte[] copyInJava() {
        MemorySegment.copy(segment, JAVA_BYTE, 0, array, 0, BYTES);
        return array;
    }

    @Override
    public void close() {
        oneDnn.close();
        pointer.close();
        arena.close();
    }
}
