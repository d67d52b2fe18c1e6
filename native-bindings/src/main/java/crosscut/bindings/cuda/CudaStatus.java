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

    private static final String MISTAKE = "this is a mistake in Crosscut: please report it with the command line";

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
            throw new NativeException(function, code, text(errorName, code, "unknown status"), text(errorString, code, "the driver does not know this status"),
                    advice(code));
        }
    }

    /** The same, with more to say than the driver's text: a compiler's log. */
    void check(String function, int code, String log) {
        if (code != 0) {
            throw new NativeException(function, code, text(errorName, code, "unknown status"), log.isBlank() ? text(errorString, code, "") : log.strip(),
                    advice(code));
        }
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

    private static String advice(int code) {
        return switch (code) {
            case 2 -> "use a smaller batch, fewer or smaller tables, or a GPU with more memory";
            case 3, 4 -> "the driver is shutting down: start again";
            case 34 -> "this is the stub library of a CUDA toolkit: install the NVIDIA driver, or take the stubs folder off the library path";
            case 35, 803, 804 -> "install a newer NVIDIA driver";
            case 100 -> "no GPU is visible: look at nvidia-smi and CUDA_VISIBLE_DEVICES, or use --device cpu";
            case 101 -> "choose a device that exists; nvidia-smi lists them";
            case 46, 205, 802 -> "the GPU is in use or not ready: look at nvidia-smi";
            case 209, 218, 222, 223 -> "this GPU or driver does not take Crosscut's PTX: a GPU of compute capability 8.0 or newer and a driver since 2020 are needed";
            case 214 -> "the GPU reports an uncorrectable memory error: look at nvidia-smi -q and restart the machine";
            case 700, 702, 715, 716, 717, 718, 719 -> "a kernel went wrong; please report it with the command line, and run it with --device cuda-sim to see the line";
            case 999 -> "the driver has no reason: look at dmesg for lines with NVRM";
            default -> MISTAKE;
        };
    }
}
