package crosscut.engine;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.bindings.cublaslt.CublasLt;
import crosscut.bindings.cuda.Cuda;
import crosscut.bindings.nccl.Nccl;
import crosscut.kernels.device.cuda.CudaDevice;
import crosscut.kernels.device.cuda.CudaLibraries;
import crosscut.kernels.device.cuda.CudaOptions;
import crosscut.simulator.SimulatorOptions;
import crosscut.simulator.blas.SimulatedCublasLt;
import crosscut.simulator.driver.CapturedOperation;
import crosscut.simulator.driver.SimulatedCuda;
import crosscut.simulator.execution.LaneOrder;
import crosscut.simulator.nccl.SimulatedNccl;
import crosscut.simulator.nccl.SimulatedNetwork;
import java.util.ArrayList;
import java.util.List;

/** A CUDA device on the simulator with all its checks; closing it demands that they have found nothing and that nothing was left behind. */
public final class SimulatedGpu implements AutoCloseable {

    private final SimulatedCuda cuda;
    private final SimulatedCublasLt products;
    private final CudaDevice device;
    private SimulatedNccl nccl;

    private final List<List<CapturedOperation>> captures = new ArrayList<>();

    /** With lanes in the given order. */
    public SimulatedGpu(LaneOrder order) {
        this(order, 1);
    }

    /**
     * With lanes and operations of graphs in the given orders.
     *
     * @param seed of random orders
     */
    public SimulatedGpu(LaneOrder order, long seed) {
        cuda = new SimulatedCuda(new SimulatorOptions(order, seed, true, 1));
        cuda.watchCaptures(captures::add);
        products = new SimulatedCublasLt(cuda, 1);
        device = CudaDevice.open(new CudaLibraries(new Cuda(cuda), new CublasLt(products)), CudaOptions.ofSimulator(_ -> { }));
    }

    public SimulatedGpu() {
        this(LaneOrder.LOCK_STEP);
    }

    public CudaDevice device() {
        return device;
    }

    /** What was captured so far, one list per capture. */
    public List<List<CapturedOperation>> captures() {
        return captures;
    }

    /** The library that connects the device with others on {@code network}. */
    public Nccl nccl(SimulatedNetwork network) {
        nccl = new SimulatedNccl(cuda, network);
        return new Nccl(nccl);
    }

    @Override
    public void close() {
        device.close();
        if (nccl != null) {
            nccl.close();
        }
        products.close();
        cuda.close();
        assertThat(cuda.findings().all()).isEmpty();
    }
}
