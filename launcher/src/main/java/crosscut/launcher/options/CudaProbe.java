package crosscut.launcher.options;

import crosscut.bindings.LibraryLoader;
import crosscut.bindings.LoadReport;
import crosscut.bindings.NativeException;
import crosscut.bindings.UnavailableLibraryException;
import crosscut.bindings.cublaslt.CublasLt;
import crosscut.bindings.cuda.Cuda;
import crosscut.bindings.nccl.Nccl;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/** Whether this machine has GPUs that Crosscut can use; looked at once per process. */
final class CudaProbe {

    private static String reason;
    private static OptionalLong memoryBytes = OptionalLong.empty();
    private static int devices;
    private static List<String> busIds = List.of();
    private static boolean looked;

    private CudaProbe() {
    }

    /** Null when there is a GPU for each of so many ranks and what connects them, else why not. */
    static synchronized String reason(int ranks) {
        LibraryLoader loader = new LibraryLoader();
        if (!looked) {
            reason = look(loader);
            looked = true;
        }
        return reason != null ? reason : reasonAgainst(ranks, devices, Nccl.find(loader));
    }

    /**
     * Why ranks cannot have a GPU each.
     *
     * @param found GPUs
     * @param nccl what became of looking for the library
     * @return null when they can
     */
    static String reasonAgainst(int ranks, int found, LoadReport nccl) {
        if (ranks > found) {
            return "--np " + ranks + " needs a GPU for each rank, and " + (found == 1 ? "one is" : found + " are") + " visible";
        }
        return ranks == 1 || nccl.isLoaded() ? null
                : "--np " + ranks + " needs NCCL, which is in no place where it was looked for (doctor lists them; ./crosscut fetch-cuda gets one)";
    }

    /** Bytes of the first GPU, where there is one. */
    static synchronized OptionalLong memoryBytes() {
        reason(1);
        return memoryBytes;
    }

    /** Places on the PCI bus of the first GPUs, one for each rank; call it where {@link #reason} is null. */
    static synchronized List<String> busIds(int ranks) {
        return busIds.subList(0, ranks);
    }

    private static String look(LibraryLoader loader) {
        LoadReport driver = Cuda.find(loader);
        if (!driver.isLoaded()) {
            return "no NVIDIA driver";
        }
        try {
            Cuda cuda = new Cuda(driver.require());
            cuda.initialize();
            devices = cuda.devices().count();
            if (devices == 0) {
                return "no GPU is visible";
            }
            busIds = IntStream.range(0, devices).mapToObj(ordinal -> cuda.devices().busId(cuda.devices().device(ordinal))).toList();
            memoryBytes = OptionalLong.of(cuda.devices().totalMemory(cuda.devices().device(0)));
            return CublasLt.find(loader).isLoaded() ? null : "a GPU, but no cuBLASLt; doctor says where it was looked for";
        } catch (NativeException | UnavailableLibraryException unusable) {
            return unusable.getMessage();
        }
    }
}
