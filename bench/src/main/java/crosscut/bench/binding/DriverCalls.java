package crosscut.bench.binding;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import crosscut.bindings.LibraryLoader;
import crosscut.bindings.UnavailableLibraryException;
import crosscut.bindings.cuda.Cuda;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import jcuda.driver.JCudaDriver;

/** {@code cuDriverGetVersion} of {@code libcuda.so.1}, which answers through memory and needs no GPU, by JCuda's JNI and by the ways that we have. */
@SuppressWarnings("restricted")
public final class DriverCalls {

    private static final Linker LINKER = Linker.nativeLinker();

    /** As our own bindings link: the function is an argument, addresses are numbers. */
    private static final MethodHandle OF_FUNCTION = LINKER.downcallHandle(FunctionDescriptor.of(JAVA_INT, JAVA_LONG));
    private static final MethodHandle CRITICAL = LINKER.downcallHandle(FunctionDescriptor.of(JAVA_INT, JAVA_LONG), Linker.Option.critical(false));
    private static final MethodHandle CRITICAL_HEAP = LINKER.downcallHandle(FunctionDescriptor.of(JAVA_INT, ADDRESS), Linker.Option.critical(true));

    private final MemorySegment out = Arena.ofAuto().allocate(JAVA_INT);
    private final int[] array = new int[1];
    private final MemorySegment arraySegment = MemorySegment.ofArray(array);
    private final MemorySegment function;
    private final Cuda cuda;

    /**
     * Opens the driver's library and JCuda's calls of it.
     *
     * @param loader finds the driver's library
     * @throws UnavailableLibraryException when one of them cannot be loaded, or when the driver is too old for our binding
     */
    DriverCalls(LibraryLoader loader) {
        // Before JCuda, whose library needs one of this name: the dynamic linker gives it the one that is open, wherever it came from.
        SymbolLookup symbols = Cuda.find(loader).require();
        cuda = new Cuda(symbols);
        function = symbols.findOrThrow("cuDriverGetVersion");
        try {
            versionByJCuda();
        } catch (LinkageError failure) {
            throw new UnavailableLibraryException("JCuda cannot load its calls of libcuda.so.1: "
                    + failure.getMessage().lines().findFirst().orElse("no reason is given"));
        }
    }

    /** Why the calls cannot be made on this machine, in one line; empty where they can. */
    public static Optional<String> obstacle(LibraryLoader loader) {
        try {
            new DriverCalls(loader);
            return Optional.empty();
        } catch (UnavailableLibraryException unavailable) {
            return Optional.of(unavailable.getMessage());
        }
    }

    /** Into a Java array; the status becomes an exception where JCuda is asked for that, which by default it is not. */
    int versionByJCuda() {
        JCudaDriver.cuDriverGetVersion(array);
        return array[0];
    }

    /** The facade: a lock, the call, a check of the status, a read. */
    int versionByOurBinding() {
        return cuda.driverVersion();
    }

    int versionByFfm() throws Throwable {
        int status = (int) OF_FUNCTION.invokeExact(function, out.address());
        return status == 0 ? out.get(JAVA_INT, 0) : -status;
    }

    int versionByFfmCritical() throws Throwable {
        int status = (int) CRITICAL.invokeExact(function, out.address());
        return status == 0 ? out.get(JAVA_INT, 0) : -status;
    }

    /** Into a Java array. */
    int versionByFfmCriticalHeap() throws Throwable {
        int status = (int) CRITICAL_HEAP.invokeExact(function, arraySegment);
        return status == 0 ? array[0] : -status;
    }
}
