package crosscut.kernels.device.cuda;

import java.util.Set;

/** The GPU that tests run on. */
interface TestGpu extends AutoCloseable {

    /** The simulator, or with {@code -Dcrosscut.device=cuda} the machine's first GPU. */
    static TestGpu choose() {
        return switch (System.getProperty("crosscut.device", "cuda-sim")) {
            case "cuda-sim" -> new SimulatedGpu();
            case "cuda" -> new RealGpu();
            case String other -> throw new IllegalArgumentException("-Dcrosscut.device=" + other + "; tests run on cuda-sim or cuda");
        };
    }

    /** Driver and cuBLASLt. */
    CudaLibraries libraries();

    /** The same libraries where {@code replaced} functions do nothing and return success: what remains of a launch is our own code. */
    CudaLibraries silent(Set<String> replaced);

    /** How a device on it is to be opened. */
    CudaOptions options();

    /** Ends its use; fails when it has found mistakes. */
    @Override
    void close();
}
