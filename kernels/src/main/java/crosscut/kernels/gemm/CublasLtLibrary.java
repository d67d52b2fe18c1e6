package crosscut.kernels.gemm;

import crosscut.bindings.cublaslt.CublasLt;
import crosscut.kernels.device.cuda.CudaContext;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** cuBLASLt opened for one GPU, and the two factors that its calls read from host memory. */
final class CublasLtLibrary implements AutoCloseable {

    private final CudaContext context;
    private final CublasLt blas;
    private final long handle;
    private final MemorySegment factors = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_FLOAT, 0, 1);

    CublasLtLibrary(CudaContext context, CublasLt blas) {
        this.context = context;
        this.blas = blas;
        context.driver();
        handle = blas.createHandle();
    }

    CudaContext context() {
        return context;
    }

    CublasLt blas() {
        return blas;
    }

    /** {@code cublasLtGetVersion}: 130002 is 13.0.2. */
    long versionNumber() {
        return blas.version();
    }

    /** The version as people read it. */
    String version() {
        long number = blas.version();
        return number / 10_000 + "." + number / 100 % 100 + "." + number % 100;
    }

    long handle() {
        return handle;
    }

    /** Address of an fp32 0. */
    long zero() {
        return factors.address();
    }

    /** Address of an fp32 1. */
    long one() {
        return factors.address() + Float.BYTES;
    }

    @Override
    public void close() {
        context.driver();
        blas.destroyHandle(handle);
    }
}
