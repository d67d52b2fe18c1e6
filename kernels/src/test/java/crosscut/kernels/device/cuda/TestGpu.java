package crosscut.kernels.device.cuda;

import crosscut.bindings.nccl.Nccl;
import crosscut.simulator.execution.LaneOrder;
import crosscut.simulator.nccl.SimulatedNetwork;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** The GPU that tests run on. */
interface TestGpu extends AutoCloseable {

    /** What an exchange calls. */
    Set<String> TRANSFERS = Set.of("ncclGroupStart", "ncclGroupEnd", "ncclSend", "ncclRecv", "ncclBroadcast");

    /** The simulator, or with {@code -Dcrosscut.device=cuda} the machine's first GPU. */
    static TestGpu choose() {
        return isSimulated() ? new SimulatedGpu() : new RealGpu();
    }

    /** False where tests run on the machine's GPU. */
    static boolean isSimulated() {
        return switch (System.getProperty("crosscut.device", "cuda-sim")) {
            case "cuda-sim" -> true;
            case "cuda" -> false;
            case String other -> throw new IllegalArgumentException("-Dcrosscut.device=" + other + "; tests run on cuda-sim or cuda");
        };
    }

    /** One GPU per order in which the simulator can run lanes; of a real GPU the same one several times. */
    static List<Supplier<TestGpu>> inEveryOrder() {
        boolean isSimulated = isSimulated();
        return Arrays.stream(LaneOrder.values()).<Supplier<TestGpu>>map(order -> () -> isSimulated ? new SimulatedGpu(order) : new RealGpu()).toList();
    }

    /** Driver and cuBLASLt. */
    CudaLibraries libraries();

    /** The same libraries where {@code replaced} functions do nothing and return success: what remains of a launch is our own code. */
    CudaLibraries silent(Set<String> replaced);

    /** The library that connects it with other GPUs, simulated ones by {@code network}. */
    Nccl nccl(SimulatedNetwork network);

    /** The same where transfers do nothing and return success. */
    Nccl silentNccl(SimulatedNetwork network);

    /** How a device on it is to be opened. */
    CudaOptions options();

    /** Ends its use; fails when it has found mistakes. */
    @Override
    void close();
}
