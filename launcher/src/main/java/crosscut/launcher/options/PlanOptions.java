package crosscut.launcher.options;

import crosscut.engine.UserException;
import java.util.OptionalLong;
import picocli.CommandLine.Option;

/** What a plan shows. */
@FlagGroup("Plan")
public final class PlanOptions {

    private static final double GIBIBYTE = 1L << 30;

    @Option(names = "--gpu_memory_gb", paramLabel = "X",
            description = "GiB of each GPU: say whether the run fits, and by how much. Default: what this machine's GPU has, where there is one.")
    private Double gpuMemory;

    @Option(names = "--costs", arity = "0..1", fallbackValue = "true", defaultValue = "false",
            description = "Also list the launches of a training step with the arithmetic and the bytes that each cannot do without.")
    private boolean costs;

    @Option(names = "--json", arity = "0..1", fallbackValue = "true", defaultValue = "false", description = "Print JSON for programs.")
    private boolean json;

    /**
     * Bytes of the GPU to plan for, where one is named or there.
     *
     * @throws UserException when the amount is none, or when no GPU is planned for
     */
    public OptionalLong gpuBytes(DeviceOptions device) {
        if (gpuMemory == null) {
            return device.kind() == DeviceKind.CUDA ? CudaProbe.memoryBytes() : OptionalLong.empty();
        }
        if (!device.kind().isCuda()) {
            throw new UserException("--gpu_memory_gb " + gpuMemory + " is for GPUs, but the plan is for --device " + device.kind() + ": add --device cuda");
        }
        if (!(gpuMemory > 0) || gpuMemory.isInfinite()) {
            throw new UserException("--gpu_memory_gb " + gpuMemory + " must be more than 0");
        }
        return OptionalLong.of((long) (gpuMemory * GIBIBYTE));
    }

    /** Whether a step's launches are listed. */
    public boolean costs() {
        return costs;
    }

    /** Whether a program reads it. */
    public boolean json() {
        return json;
    }
}
