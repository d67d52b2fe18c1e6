package crosscut.launcher.rank;

import crosscut.bindings.CacheFolder;
import crosscut.bindings.LibraryLoader;
import crosscut.bindings.LoadReport;
import crosscut.bindings.cublaslt.CublasLt;
import crosscut.bindings.cuda.Cuda;
import crosscut.bindings.nccl.Nccl;
import crosscut.bindings.nvtx.Nvtx;
import crosscut.engine.UserException;
import crosscut.engine.config.Precision;
import crosscut.kernels.collective.Collectives;
import crosscut.kernels.collective.NcclCollectives;
import crosscut.kernels.collective.StagedCollectives;
import crosscut.kernels.device.CpuDevice;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.cuda.CudaDevice;
import crosscut.kernels.device.cuda.CudaLibraries;
import crosscut.kernels.device.cuda.CudaOptions;
import crosscut.kernels.gemm.CpuMatrixProducts;
import crosscut.kernels.gemm.MatrixLibrary;
import crosscut.launcher.options.DeviceOptions;
import crosscut.simulator.SimulatorOptions;
import crosscut.simulator.blas.SimulatedCublasLt;
import crosscut.simulator.check.Finding;
import crosscut.simulator.driver.SimulatedCuda;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** The device that the flags ask for. Closing it also closes what stands behind a simulated one, and fails when the simulator has found mistakes. */
public final class OpenedDevice implements AutoCloseable {

    /** Findings that are told; all are counted. */
    private static final int SHOWN = 20;

    private final Device device;
    private final SimulatedCuda simulator;
    private final SimulatedCublasLt simulatedProducts;
    private final Consumer<String> messages;

    private OpenedDevice(Device device, SimulatedCuda simulator, SimulatedCublasLt simulatedProducts, Consumer<String> messages) {
        this.device = device;
        this.messages = messages;
        this.simulator = simulator;
        this.simulatedProducts = simulatedProducts;
    }

    /**
     * Opens it.
     *
     * @param rank which of the machine's ranks will use it: each has a GPU of its own
     * @param messages gets lines for people
     * @throws UserException when there is no such device, with the reason
     */
    public static OpenedDevice open(DeviceOptions options, int rank, Consumer<String> messages) {
        try {
            return switch (options.kind()) {
                case CUDA -> new OpenedDevice(gpu(options, rank, messages), null, null, messages);
                case CUDA_SIM -> simulated(options, rank, messages);
                case CPU, AUTO -> new OpenedDevice(
                        CpuDevice.open(options.threadsPerRank(), pool -> CpuMatrixProducts.open(pool, MatrixLibrary.AUTO)), null, null, messages);
            };
        } catch (IllegalStateException unusable) {
            throw new UserException("--device " + options.kind() + ": " + unusable.getMessage(), unusable);
        }
    }

    private static Device gpu(DeviceOptions options, int rank, Consumer<String> messages) {
        LibraryLoader loader = new LibraryLoader();
        Path algorithms = CacheFolder.ofUser(loader.environment()).getFirst().path().resolve("products");
        LoadReport names = Nvtx.find(loader);
        CudaLibraries libraries = new CudaLibraries(new Cuda(Cuda.find(loader).require()), new CublasLt(CublasLt.find(loader).require()),
                names.isLoaded() ? new Nvtx(names.require()) : null);
        return CudaDevice.open(libraries, CudaOptions.ofGpu(rank, algorithms, messages).withTf32(options.precision() == Precision.TF32));
    }

    private static OpenedDevice simulated(DeviceOptions options, int rank, Consumer<String> messages) {
        SimulatedCuda cuda = new SimulatedCuda(SimulatorOptions.defaults());
        SimulatedCublasLt products = new SimulatedCublasLt(cuda, 0);
        if (rank == 0) {
            messages.accept("this is a simulation: the GPU's kernels run on the CPU with all checks, far slower than on a GPU");
        }
        CudaOptions how = CudaOptions.ofSimulator(messages).withTf32(options.precision() == Precision.TF32);
        return new OpenedDevice(CudaDevice.open(new CudaLibraries(new Cuda(cuda), new CublasLt(products)), how), cuda, products, messages);
    }

    /** What to compute on. */
    public Device device() {
        return device;
    }

    /**
     * How ranks with such devices exchange tensors: GPUs through NCCL, simulated ones through host memory.
     *
     * @param hosts connects the ranks' host memories; is taken over and closed
     * @param timeout longest wait for another rank inside one exchange
     * @throws crosscut.bindings.UnavailableLibraryException when there is no NCCL
     * @throws crosscut.bindings.NativeException when it cannot connect the GPUs
     */
    public Collectives collectives(Collectives hosts, Duration timeout) {
        if (!(device instanceof CudaDevice cuda)) {
            return hosts;
        }
        return simulator == null ? NcclCollectives.join(cuda, new Nccl(Nccl.find(new LibraryLoader()).require()), hosts, timeout)
                : new StagedCollectives(cuda, hosts);
    }

    @Override
    public void close() {
        device.close();
        if (simulator != null) {
            simulatedProducts.close();
            simulator.close();
            tell(simulator.findings().all(), messages);
        }
    }

    /** The findings are told one by one, because the failure that they end in may be hidden behind one that they have caused. */
    static void tell(List<Finding> findings, Consumer<String> messages) {
        findings.stream().limit(SHOWN).forEach(finding -> messages.accept(finding.toString()));
        if (!findings.isEmpty()) {
            throw new UserException("the simulator found " + findings.size() + (findings.size() == 1 ? " mistake" : " mistakes")
                    + " in Crosscut's GPU code, of which the first is: " + findings.getFirst() + "; please report it with the command line");
        }
    }
}
