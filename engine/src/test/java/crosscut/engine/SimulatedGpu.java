package crosscut.engine;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.bindings.cublaslt.CublasLt;
import crosscut.bindings.cuda.Cuda;
import crosscut.kernels.device.cuda.CudaDevice;
import crosscut.kernels.device.cuda.CudaLibraries;
import crosscut.kernels.device.cuda.CudaOptions;
import crosscut.simulator.SimulatorOptions;
import crosscut.simulator.blas.SimulatedCublasLt;
import crosscut.simulator.driver.SimulatedCuda;
import crosscut.simulator.execution.LaneOrder;

/** A CUDA device on the simulator with all its checks; closing it demands that they have found nothing and that nothing was left behind. */
public final class SimulatedGpu implements AutoCloseable {

    private final SimulatedCuda cuda;
    private final SimulatedCublasLt products;
    private final CudaDevice device;

    /** With lanes in the given order. */
    public SimulatedGpu(LaneOrder order) {
        cuda = new SimulatedCuda(new SimulatorOptions(order, 1, true, 1));
        products = new SimulatedCublasLt(cuda, 1);
        device = CudaDevice.open(new CudaLibraries(new Cuda(cuda), new CublasLt(products)), CudaOptions.ofSimulator(_ -> { }));
    }

    public SimulatedGpu() {
        this(LaneOrder.LOCK_STEP);
    }

    public CudaDevice device() {
        return device;
    }

    @Override
    public void close() {
        device.close();
        products.close();
        cuda.close();
        assertThat(cuda.findings().all()).isEmpty();
    }
}
