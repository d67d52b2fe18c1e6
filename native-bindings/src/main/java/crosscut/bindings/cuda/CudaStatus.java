package crosscut.bindings.cuda;

import crosscut.bindings.NativeException;
import crosscut.bindings.generated.cuda.Cuda;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;

/** Turns the driver's status codes into exceptions, with the driver's own name and text and our advice. */
final class CudaStatus {

    static final int NOT_READY = 600;

    private final MemorySegment errorName;
    private final MemorySegment errorString;

    CudaStatus(SymbolLookup symbols) {
        errorName = CudaFunctions.find(symbols, "cuGetErrorName");
        errorString = CudaFunctions.find(symbols, "cuGetErrorString");
    }

    /**
     * Returns when {@code code} is success.
     *
     * @throws NativeException for every other status
     */
    void check(String function, int code) {
        if (code != 0) {
            throw exception(function, code, text(errorString, code, "the library has no text for it"));
        }
    }

    /** The same, with more to say than the driver's text: a compiler's log. */
    void check(String function, int code, String log) {
        if (code != 0) {
            throw exception(function, code, log.isBlank() ? text(errorString, code, "without a log") : log.strip().replaceAll("\\s*\\R\\s*", "; "));
        }
    }

    private NativeException exception(String function, int code, String text) {
        return new NativeException(function, code, text(errorName, code, CudaError.name(code)), text, CudaError.advice(code));
    }

    private String text(MemorySegment function, int code, String otherwise) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.JAVA_LONG);
            int status = function == errorName ? Cuda.cuGetErrorName(function, code, out.address()) : Cuda.cuGetErrorString(function, code, out.address());
            long text = out.get(ValueLayout.JAVA_LONG, 0);
            return status != 0 || text == 0 ? otherwise : string(text);
        }
    }

    @SuppressWarnings("restricted")
    private static String string(long address) {
        return MemorySegment.ofAddress(address).reinterpret(Long.MAX_VALUE).getString(0);
    }
}
