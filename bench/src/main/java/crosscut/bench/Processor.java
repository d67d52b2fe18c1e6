package crosscut.bench;

import crosscut.kernels.device.CpuDevice;
import crosscut.kernels.device.Device;
import crosscut.kernels.gemm.CpuMatrixProducts;
import crosscut.kernels.gemm.MatrixLibrary;

/** The CPU device as benchmarks open it. */
public final class Processor {

    private Processor() {
    }

    /**
     * Opens the device.
     *
     * @param threads worker threads, 0 for one on each processor
     */
    public static Device open(int threads, MatrixLibrary library) {
        return CpuDevice.open(threads == 0 ? Runtime.getRuntime().availableProcessors() : threads, pool -> CpuMatrixProducts.open(pool, library));
    }
}
