package crosscut.bindings.cuda;

import crosscut.bindings.UnavailableLibraryException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;

/** Addresses of the driver's functions. */
final class CudaFunctions {

    private CudaFunctions() {
    }

    /**
     * The function of that name.
     *
     * @throws UnavailableLibraryException when the driver has none
     */
    static MemorySegment find(SymbolLookup symbols, String name) {
        return symbols.find(name).orElseThrow(() -> new UnavailableLibraryException(
                "the CUDA driver has no function " + name + ": it is older than CUDA 12.0; install a newer NVIDIA driver"));
    }

    /** The newer of two functions that do the same. */
    static MemorySegment find(SymbolLookup symbols, String name, String older) {
        return symbols.find(name).orElseGet(() -> find(symbols, older));
    }
}
