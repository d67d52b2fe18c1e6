package crosscut.launcher.options;

import crosscut.engine.UserException;
import crosscut.engine.config.Precision;
import picocli.CommandLine.Option;

/** Where it runs and in what precision. */
@FlagGroup("Device")
public final class DeviceOptions {

    /** The kinds of device that can be asked for. */
    enum Kind {
        CPU,
        AUTO,
        CUDA
    }

    /** Above what one machine can start. */
    private static final int MOST_RANKS = 1024;
    private static final int MOST_THREADS = 4096;

    @Option(names = "--device", paramLabel = "KIND", defaultValue = "auto",
            description = "cpu, cuda, or auto: the fastest that this build and this machine have. Default: ${DEFAULT-VALUE}")
    private Kind device;

    @Option(names = "--precision", paramLabel = "TYPE",
            description = "Type of activations: fp32 or bf16; tables, moments and sums are fp32 always. Default: fp32")
    private Precision precision;

    @Option(names = "--amp", arity = "1", defaultValue = "false",
            description = "Mixed precision in the type that suits the device; on a CPU --precision bf16. Default: ${DEFAULT-VALUE}")
    private boolean amp;

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

    void check() {
        if (ranks < 1 || ranks > MOST_RANKS) {
            throw new UserException("--np " + ranks + " must be at least 1 and at most " + MOST_RANKS);
        }
        if (threads < 0 || threads > MOST_THREADS) {
            throw new UserException("--threads " + threads + " must be 0 (an equal share) or more, at most " + MOST_THREADS);
        }
        if (device == Kind.CUDA) {
            throw new UserException("--device cuda: this build has no CUDA device yet; use --device cpu (doctor shows what this machine has)");
        }
    }

    Precision precision() {
        if (amp && precision == Precision.FP32) {
            throw new UserException("--amp asks for mixed precision and --precision fp32 for none: drop one of them");
        }
        return amp ? Precision.BF16 : precision == null ? Precision.FP32 : precision;
    }
}
