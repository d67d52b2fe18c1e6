package crosscut.kernels.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.bindings.cublaslt.CublasLt;
import crosscut.bindings.cuda.Cuda;
import crosscut.bindings.nccl.Nccl;
import crosscut.simulator.SimulatorOptions;
import crosscut.simulator.blas.SimulatedCublasLt;
import crosscut.simulator.driver.LaunchWatcher;
import crosscut.simulator.driver.SimulatedCuda;
import crosscut.simulator.driver.SimulatedDevice;
import crosscut.simulator.execution.LaneOrder;
import crosscut.simulator.nccl.SimulatedNccl;
import crosscut.simulator.nccl.SimulatedNetwork;
import java.util.Set;

/**
 * The simulator with all checks on, unless launches are recorded, for which all memory is read, written or not. {@code -Dcrosscut.simulator.order=LANE_RANDOM}
 * and the like run lanes in another order, of which each shows what others hide; {@code -Dcrosscut.simulator.seed} draws another random one.
 */
final class SimulatedGpu implements TestGpu {

    private static final LaneOrder ORDER = LaneOrder.valueOf(System.getProperty("crosscut.simulator.order", LaneOrder.LOCK_STEP.name()));
    private static final long SEED = Long.getLong("crosscut.simulator.seed", 0);

    /** Enough for tables of which a test touches only a few rows. */
    private static final long MEMORY_BYTES = 64L << 30;

    /** Told of the launches on every GPU that is made from now on; null when nobody watches. */
    private static volatile LaunchWatcher launchWatcher;

    private final SimulatedCuda driver;
    private final SimulatedCublasLt blas;
    private final CudaLibraries libraries;
    private SimulatedNccl nccl;

    SimulatedGpu() {
        this(ORDER);
    }

    SimulatedGpu(LaneOrder order) {
        driver = new SimulatedCuda(new SimulatorOptions(order, SEED, !GoldenRecorder.isWanted(), 1), new SimulatedDevice(4, MEMORY_BYTES, 1));
        driver.watchLaunches(launchWatcher);
        blas = new SimulatedCublasLt(driver, SEED);
        libraries = new CudaLibraries(new Cuda(GoldenRecorder.ifWanted(driver)), new CublasLt(blas));
    }

    static void watchLaunches(LaunchWatcher watcher) {
        launchWatcher = watcher;
    }

    @Override
    public CudaLibraries libraries() {
        return libraries;
    }

    @Override
    public CudaLibraries silent(Set<String> replaced) {
        return new CudaLibraries(new Cuda(new SilentFunctions(driver, replaced)), new CublasLt(new SilentFunctions(blas, replaced)));
    }

    @Override
    public Nccl nccl(SimulatedNetwork network) {
        nccl = new SimulatedNccl(driver, network);
        return new Nccl(nccl);
    }

    @Override
    public Nccl silentNccl(SimulatedNetwork network) {
        nccl = new SimulatedNccl(driver, network);
        return new Nccl(new SilentFunctions(nccl, TRANSFERS));
    }

    @Override
    public CudaOptions options() {
        return CudaOptions.ofSimulator(message -> {
            throw new AssertionError(message);
        });
    }

    @Override
    public void close() {
        GoldenRecorder.save();
        blas.close();
        if (nccl != null) {
            nccl.close();
        }
        driver.close();
        assertThat(driver.findings().all()).as("findings of the simulator").isEmpty();
    }
}
