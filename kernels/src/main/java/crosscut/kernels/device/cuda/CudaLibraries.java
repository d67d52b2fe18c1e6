package crosscut.kernels.device.cuda;

import crosscut.bindings.cublaslt.CublasLt;
import crosscut.bindings.cuda.Cuda;
import java.util.Objects;

/**
 * The libraries behind a CUDA device. They outlive it; whoever opened them closes them.
 *
 * @param driver the driver
 * @param blas cuBLASLt, or null for a device without matrix products
 */
public record CudaLibraries(Cuda driver, CublasLt blas) {

    public CudaLibraries {
        Objects.requireNonNull(driver, "driver");
    }
}
