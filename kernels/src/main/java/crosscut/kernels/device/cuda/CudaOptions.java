package crosscut.kernels.device.cuda;

import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * How a GPU is used.
 *
 * @param ordinal which GPU, as the driver counts them
 * @param usesTf32 true when products of FLOAT32 tensors may round their factors to TF32 (10 bits of fraction); sums stay fp32
 * @param isDeterministic true when every run must have the same bits
 * @param searchesAlgorithms true when the algorithms that cuBLASLt offers for a new shape are timed, which takes some seconds at the start; otherwise its first
 *     proposal is taken
 * @param algorithmFolder where found algorithms are kept from run to run, or null to keep none
 * @param workspaceBytes memory that matrix products may use besides their operands, per stream
 * @param separatesViews what {@link crosscut.kernels.device.Device#separatesViews()} answers
 * @param messages gets one line about whatever goes on without stopping, such as an algorithm file that cannot be read
 */
public record CudaOptions(int ordinal, boolean usesTf32, boolean isDeterministic, boolean searchesAlgorithms, Path algorithmFolder, long workspaceBytes,
        boolean separatesViews, Consumer<String> messages) {

    /** What cuBLASLt's split products want on large GPUs. */
    private static final long WORKSPACE = 64L << 20;

    /** A split of a small product; larger ones would only cost memory under a simulator. */
    private static final long SIMULATED_WORKSPACE = 1L << 20;

    public CudaOptions {
        if (ordinal < 0 || workspaceBytes < 0) {
            throw new IllegalArgumentException("GPU " + ordinal + " with a workspace of " + workspaceBytes + " bytes");
        }
    }

    /** A real GPU: full fp32, the same bits in every run. */
    public static CudaOptions ofGpu(int ordinal, Path algorithmFolder, Consumer<String> messages) {
        return new CudaOptions(ordinal, false, true, true, algorithmFolder, WORKSPACE, false, messages);
    }

    /** The simulator: nothing to time, every view an allocation of its own. */
    public static CudaOptions ofSimulator(Consumer<String> messages) {
        return new CudaOptions(0, false, true, false, null, SIMULATED_WORKSPACE, true, messages);
    }

    /** The same with or without TF32. */
    public CudaOptions withTf32(boolean tf32) {
        return new CudaOptions(ordinal, tf32, isDeterministic, searchesAlgorithms, algorithmFolder, workspaceBytes, separatesViews, messages);
    }
}
