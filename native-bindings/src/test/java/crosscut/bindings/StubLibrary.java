package crosscut.bindings;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A library whose functions are upcall stubs. Functions that a test does not define return one status and look at no argument; by the C calling convention the
 * caller may pass any.
 */
@SuppressWarnings("restricted")
public final class StubLibrary implements SymbolLookup {

    private final Arena arena = Arena.ofAuto();
    private final Map<String, MemorySegment> functions = new HashMap<>();
    private final MemorySegment otherwise;

    /** All functions return {@code status}. */
    public StubLibrary(int status) {
        otherwise = stub(MethodHandles.constant(int.class, status), FunctionDescriptor.of(ValueLayout.JAVA_INT));
    }

    /** The library lacks a function. */
    public StubLibrary without(String function) {
        functions.put(function, null);
        return this;
    }

    /** A function returns a status of its own. */
    public StubLibrary returning(String function, int status) {
        functions.put(function, stub(MethodHandles.constant(int.class, status), FunctionDescriptor.of(ValueLayout.JAVA_INT)));
        return this;
    }

    /** A function is the one method of {@code body}, of the interface {@code type}. */
    public <T> StubLibrary with(String function, FunctionDescriptor descriptor, Class<T> type, T body) {
        MethodType signature = descriptor.toMethodType();
        for (java.lang.reflect.Method method : type.getMethods()) {
            try {
                MethodHandle handle = MethodHandles.publicLookup().unreflect(method).bindTo(body);
                functions.put(function, stub(handle.asType(signature), descriptor));
            } catch (IllegalAccessException hidden) {
                throw new IllegalArgumentException(type + " is not public", hidden);
            }
        }
        return this;
    }

    /** A function that writes an int to the address in its first argument. */
    public StubLibrary writing(String function, int value) {
        return with(function, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG), OneAddress.class, address -> {
            at(address, Integer.BYTES).set(ValueLayout.JAVA_INT, 0, value);
            return 0;
        });
    }

    /** A function (int, char**) that writes the address of a text. */
    public StubLibrary naming(String function, String text) {
        long address = arena.allocateFrom(text).address();
        return with(function, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG), CodeAndAddress.class, (code, out) -> {
            at(out, Long.BYTES).set(ValueLayout.JAVA_LONG, 0, address);
            return 0;
        });
    }

    /** Memory of the caller. */
    public static MemorySegment at(long address, long byteSize) {
        return MemorySegment.ofAddress(address).reinterpret(byteSize);
    }

    private MemorySegment stub(MethodHandle handle, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().upcallStub(handle, descriptor, arena);
    }

    @Override
    public Optional<MemorySegment> find(String name) {
        return Optional.ofNullable(functions.getOrDefault(name, otherwise));
    }

    /** {@code int f(void *)}. */
    @FunctionalInterface
    public interface OneAddress {
        int call(long address);
    }

    /** {@code int f(int, void *)}. */
    @FunctionalInterface
    public interface CodeAndAddress {
        int call(int code, long address);
    }
}
