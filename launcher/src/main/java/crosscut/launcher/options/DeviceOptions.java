package crosscut.launcher.options;

import crosscut.engine.UserException;
import crosscut.engine.config.LossScaling;
import crosscut.engine.config.Precision;
import crosscut.kernels.device.CpuWorkingMemory;
import crosscut.kernels.device.WorkingMemory;
import crosscut.kernels.device.cuda.CudaOptions;
import crosscut.kernels.device.cuda.CudaWorkingMemory;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where it runs and in what precision. */
@FlagGroup("Device")
public final class DeviceOptions {

    /** Above what one machine can start. */
    private static final int MOST_RANKS = 1024;
    private static final int MOST_THREADS = 4096;

    @Option(names = "--device", paramLabel = "KIND", defaultValue = "auto", converter = DeviceKind.Converter.class,
            description = "cpu; cuda: an NVIDIA GPU for each rank; cuda-sim: its kernels on a simulator with checks, for small trainings on any machine; "
                    + "auto: cuda where there is one, else cpu. Default: ${DEFAULT-VALUE}")
    private DeviceKind device;

    @Option(names = "--precision", paramLabel = "TYPE",
            description = "Type of activations: fp32 or bf16, on a GPU also tf32 and fp16; tables, moments and sums are fp32 always. Default: fp32")
    private Precision precision;

    @Option(names = "--amp", arity = "1", defaultValue = "false",
            description = "Mixed precision in the type that suits the device: fp16 with a loss scale on a GPU, bf16 on a CPU. Default: ${DEFAULT-VALUE}")
    private boolean amp;

    @Option(names = "--loss_scale", paramLabel = "N|dynamic", defaultValue = "65536",
            description = "fp16 alone: what gradients are multiplied by to keep them in range, or dynamic: halved when they overflow, doubled after 2000 good "
                    + "steps. Default: ${DEFAULT-VALUE}")
    private String lossScale;

    @Option(names = "--np", paramLabel = "N", defaultValue = "1", description = "Number of ranks, a process each. Default: ${DEFAULT-VALUE}")
    private int ranks;

    @Option(names = "--threads", paramLabel = "N", defaultValue = "0",
            description = "CPU threads of each rank, 0 for an equal share of the machine. The results do not depend on it. Default: ${DEFAULT-VALUE}")
    private int threads;

    /** Processes to run. */
    public int ranks() {
        return ranks;
    }

    /** CPU threads of one rank, never 0. */
    public int threadsPerRank() {
        return threads > 0 ? threads : Math.max(1, Runtime.getRuntime().availableProcessors() / ranks);
    }

    /** Makes sure that the values fit each other and that this machine has what they ask for. */
    void check() {
        checkValues();
        if (device == DeviceKind.CUDA && CudaProbe.reason(ranks) != null) {
            throw new UserException("--device cuda: " + CudaProbe.reason(ranks)
                    + "; use --device cpu, or --device cuda-sim to try it without a GPU (doctor shows what this machine has)");
        }
    }

    /** Makes sure that the values fit each other, whatever this machine has. */
    void checkValues() {
        if (ranks < 1 || ranks > MOST_RANKS) {
            throw new UserException("--np " + ranks + " must be at least 1 and at most " + MOST_RANKS);
        }
        if (threads < 0 || threads > MOST_THREADS) {
            throw new UserException("--threads " + threads + " must be 0 (an equal share) or more, at most " + MOST_THREADS);
        }
        boolean onlyGpu = precision == Precision.TF32 || precision == Precision.FP16;
        if (onlyGpu && !kind().isCuda()) {
            throw new UserException("--precision " + precision.name().toLowerCase(Locale.ROOT) + " needs a GPU: use fp32 or bf16 with --device cpu"
                    + (device == DeviceKind.AUTO ? " (auto chose it: " + CudaProbe.reason(ranks) + ")" : ""));
        }
        if (amp && (precision == Precision.FP32 || precision == Precision.TF32)) {
            throw new UserException("--amp asks for mixed precision and --precision " + precision.name().toLowerCase(Locale.ROOT)
                    + " for none: drop one of them");
        }
    }

    /** The kind of device to open: never auto. */
    public DeviceKind kind() {
        if (device != DeviceKind.AUTO) {
            return device;
        }
        return CudaProbe.reason(ranks) == null ? DeviceKind.CUDA : DeviceKind.CPU;
    }

    /** Why {@link #kind} is what it is, one line; empty when it was asked for. */
    public Optional<String> choice() {
        if (device != DeviceKind.AUTO) {
            return Optional.empty();
        }
        String reason = CudaProbe.reason(ranks) != null ? CudaProbe.reason(ranks) : ranks == 1 ? "there is a GPU" : "there is a GPU for each rank";
        return Optional.of("--device auto is " + kind() + " here: " + reason);
    }

    /** What the kind of device allocates for its own work; needs no such device. */
    public WorkingMemory workingMemory() {
        return switch (kind()) {
            case CUDA -> new CudaWorkingMemory(CudaOptions.ofGpu(0, null, _ -> { }));
            case CUDA_SIM -> new CudaWorkingMemory(CudaOptions.ofSimulator(_ -> { }));
            case CPU, AUTO -> new CpuWorkingMemory(threadsPerRank());
        };
    }

    /** Type of activations. */
    public Precision precision() {
        if (amp && precision == null) {
            return kind().isCuda() ? Precision.FP16 : Precision.BF16;
        }
        return precision == null ? Precision.FP32 : precision;
    }

    LossScaling lossScaling() {
        if (lossScale.equalsIgnoreCase("dynamic")) {
            return new LossScaling(LossScaling.REFERENCE_SCALE, true);
        }
        try {
            return new LossScaling(Float.parseFloat(lossScale), false);
        } catch (NumberFormatException notANumber) {
            throw new UserException("--loss_scale " + lossScale + " must be a number or the word dynamic", notANumber);
        }
    }
}
