package crosscut.bindings.nvtx;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import crosscut.bindings.CudaLibraryPlaces;
import crosscut.bindings.LibraryLoader;
import crosscut.bindings.LoadReport;
import crosscut.bindings.NativeLibrary;
import crosscut.bindings.UnavailableLibraryException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/**
 * Named ranges in a profiler's timeline. Without a profiler a range costs some nanoseconds. NVTX has no errors that matter: its results are nesting depths, and
 * negative where no profiler listens.
 */
@SuppressWarnings("restricted")
public final class Nvtx {

    private static final MethodHandle PUSH = Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(JAVA_INT, JAVA_LONG));
    private static final MethodHandle POP = Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(JAVA_INT));

    private final Arena names = Arena.ofAuto();
    private final MemorySegment push;
    private final MemorySegment pop;

    /**
     * Binds a library.
     *
     * @throws UnavailableLibraryException when it lacks a function
     */
    public Nvtx(SymbolLookup symbols) {
        push = find(symbols, "nvtxRangePushA");
        pop = find(symbols, "nvtxRangePop");
    }

    private static MemorySegment find(SymbolLookup symbols, String name) {
        return symbols.find(name).orElseThrow(() -> new UnavailableLibraryException("NVTX has no function " + name));
    }

    /** Looks for the library of NVTX 3, then for that of NVTX 1, and says what became of every place. */
    public static LoadReport find(LibraryLoader loader) {
        return loader.load(new NativeLibrary("NVTX", "CROSSCUT_NVTX",
                CudaLibraryPlaces.of(loader.environment(), "libnvtx3interop.so.1", "libnvToolsExt.so.1")));
    }

    /** Keeps a name for as long as this binding lives; {@link #push} takes its address. */
    public long name(String text) {
        return names.allocateFrom(text).address();
    }

    /** Begins a range of the calling thread; returns how many are open around it, negative without a profiler. */
    public int push(long name) {
        try {
            return (int) PUSH.invokeExact(push, name);
        } catch (Throwable thrown) {
            throw mistaken("nvtxRangePushA", thrown);
        }
    }

    /** Ends the newest range of the calling thread. */
    public int pop() {
        try {
            return (int) POP.invokeExact(pop);
        } catch (Throwable thrown) {
            throw mistaken("nvtxRangePop", thrown);
        }
    }

    /** A downcall throws no Java exception of its own; what arrives here is an error of the JVM or a wrong signature above. */
    private static RuntimeException mistaken(String function, Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return new IllegalStateException(function, thrown);
    }
}
