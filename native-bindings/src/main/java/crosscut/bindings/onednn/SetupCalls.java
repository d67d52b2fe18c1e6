package crosscut.bindings.onednn;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import crosscut.bindings.UnavailableLibraryException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * The C functions that create, describe and destroy. They run while ops are bound, so clarity goes before speed: the C signature is read from the Java
 * arguments ({@code int}, {@code long} for handles, {@code float}, {@link MemorySegment} for pointers to memory of ours).
 */
@SuppressWarnings("restricted")
final class SetupCalls {

    private final SymbolLookup symbols;

    SetupCalls(SymbolLookup symbols) {
        this.symbols = symbols;
    }

    /**
     * The address of a function.
     *
     * @throws UnavailableLibraryException when the library lacks it
     */
    MemorySegment find(String function) {
        return symbols.find(function).orElseThrow(() -> new UnavailableLibraryException("oneDNN was opened but has no function " + function
                + ": it is no oneDNN 3 built with OpenMP; unset " + OneDnn.OVERRIDE_VARIABLE + " to use the bundled one"));
    }

    /** Calls a function that returns a status, and checks it. */
    void call(String function, Object... arguments) {
        OneDnnStatus.check(function, (int) invoke(function, JAVA_INT, arguments));
    }

    /** Calls a function that writes a new handle to its first argument, and returns that handle. */
    long create(String function, Object... furtherArguments) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment handle = arena.allocate(ADDRESS);
            call(function, Stream.concat(Stream.of(handle), Arrays.stream(furtherArguments)).toArray());
            return handle.get(JAVA_LONG, 0);
        }
    }

    /** Calls any function; {@code result} is its return type. */
    Object invoke(String function, MemoryLayout result, Object... arguments) {
        MemoryLayout[] types = Arrays.stream(arguments).map(SetupCalls::type).toArray(MemoryLayout[]::new);
        try {
            return Linker.nativeLinker().downcallHandle(find(function), FunctionDescriptor.of(result, types)).invokeWithArguments(arguments);
        } catch (RuntimeException | Error thrown) {
            throw thrown;
        } catch (Throwable thrown) {
            throw new IllegalStateException(function, thrown);
        }
    }

    private static MemoryLayout type(Object argument) {
        return switch (argument) {
            case Integer _ -> JAVA_INT;
            case Long _ -> JAVA_LONG;
            case Float _ -> JAVA_FLOAT;
            case MemorySegment _ -> ADDRESS;
            default -> throw new IllegalArgumentException("no C type for " + argument.getClass());
        };
    }
}
