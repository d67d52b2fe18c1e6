package crosscut.kernels.device.cuda;

import crosscut.bindings.cublaslt.CublasLt;
import crosscut.bindings.cuda.Cuda;
import crosscut.bindings.nvtx.Nvtx;
import java.util.Objects;

/**
 * The libraries behind a CUDA device. They outlive it; whoever opened them closes them.
 *
 * @param driver the driver
 * @param blas cuBLASLt, or null for a device without matrix products
 * @param nvtx names for profilers, or null where there is no such library
 */
public record CudaLibraries(Cuda driver, CublasLt blas, Nvtx nvtx) {

    public CudaLibraries {
        Objects.requireNonNull(driver, "driver");
    }

    /** Without names for profilers. */
    public CudaLibraries(Cuda driver, CublasLt blas) {
        this(driver, blas, null);
    }
}
