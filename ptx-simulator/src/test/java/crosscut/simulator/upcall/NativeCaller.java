package crosscut.simulator.upcall;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** Calls a simulated library as native code does: through the address of its symbol. */
@SuppressWarnings("restricted")
public final class NativeCaller {

    private final SymbolLookup library;
    private final Map<String, FunctionDescriptor> descriptors;
    private final Map<String, MethodHandle> handles = new HashMap<>();
    private final Arena arena = Arena.ofAuto();

    public NativeCaller(SymbolLookup library, Map<String, FunctionDescriptor> descriptors) {
        this.library = library;
        this.descriptors = descriptors;
    }

    /** Calls {@code function} and returns its status. */
    public int status(String function, Object... arguments) {
        return (int) call(function, arguments);
    }

    /** Calls {@code function}, which must return 0. */
    public void succeed(String function, Object... arguments) {
        int status = status(function, arguments);
        if (status != 0) {
            throw new AssertionError(function + " returned " + status);
        }
    }

    /** Calls a function whose first parameter is an out-cell, with the other arguments, and returns what it stored. */
    public long make(String function, Object... others) {
        MemorySegment cell = cell();
        Object[] arguments = new Object[others.length + 1];
        arguments[0] = cell;
        System.arraycopy(others, 0, arguments, 1, others.length);
        succeed(function, arguments);
        return cell.get(ValueLayout.JAVA_LONG, 0);
    }

    public Object call(String function, Object... arguments) {
        MethodHandle handle = handles.computeIfAbsent(function, (Function<String, MethodHandle>) name -> Linker.nativeLinker()
                .downcallHandle(library.findOrThrow(name), descriptors.get(name)));
        try {
            return handle.invokeWithArguments(arguments);
        } catch (Throwable thrown) {
            throw new AssertionError(function, thrown);
        }
    }

    public MemorySegment cell() {
        return arena.allocate(Long.BYTES, Long.BYTES);
    }

    public MemorySegment text(String text) {
        return arena.allocateFrom(text);
    }

    public MemorySegment floats(float... values) {
        return arena.allocateFrom(ValueLayout.JAVA_FLOAT, values);
    }

    public MemorySegment bytes(long count) {
        return arena.allocate(count, 16);
    }
}
