package crosscut.launcher.options;

import crosscut.bindings.LibraryLoader;
import crosscut.bindings.LoadReport;
import crosscut.bindings.NativeException;
import crosscut.bindings.UnavailableLibraryException;
import crosscut.bindings.cublaslt.CublasLt;
import crosscut.bindings.cuda.Cuda;
import java.util.OptionalLong;

/** Whether this machine has a GPU that Crosscut can use; looked at once per process. */
final class CudaProbe {

    private static String reason;
    private static OptionalLong memoryBytes = OptionalLong.empty();
    private static boolean looked;

    private CudaProbe() {
    }

    /** Null when there is one, else why not. */
    static synchronized String reason() {
        if (!looked) {
            reason = look(new LibraryLoader());
            looked = true;
        }
        return reason;
    }

    /** Bytes of the first GPU, where there is one. */
    static synchronized OptionalLong memoryBytes() {
        reason();
        return memoryBytes;
    }

    private static String look(LibraryLoader loader) {
        LoadReport driver = Cuda.find(loader);
        if (!driver.isLoaded()) {
            return "no NVIDIA driver";
        }
        try {
            Cuda cuda = new Cuda(driver.require());
            cuda.initialize();
            if (cuda.devices().count() == 0) {
                return "no GPU is visible";
            }
            memoryBytes = OptionalLong.of(cuda.devices().totalMemory(cuda.devices().device(0)));
            return CublasLt.find(loader).isLoaded() ? null : "a GPU, but no cuBLASLt; doctor says where it was looked for";
        } catch (NativeException | UnavailableLibraryException unusable) {
            return unusable.getMessage();
        }
    }
}
