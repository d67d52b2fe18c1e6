package crosscut.kernels.gemm;

import crosscut.bindings.cublaslt.CublasLt;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A way in which cuBLASLt can compute a product.
 *
 * @param configuration {@code cublasLtMatmulAlgo_t}: bytes that only the library understands
 * @param workspaceBytes of workspace that it needs
 */
record CublasLtAlgorithm(MemorySegment configuration, long workspaceBytes) {

    /** A copy of {@code configuration}. */
    static CublasLtAlgorithm copyOf(MemorySegment configuration, long workspaceBytes) {
        MemorySegment copy = Arena.ofAuto().allocate(CublasLt.algorithmBytes(), Long.BYTES).copyFrom(configuration);
        return new CublasLtAlgorithm(copy, workspaceBytes);
    }

    /** As the algorithm file keeps it; the needed workspace is asked for again when it is read. */
    byte[] toBytes() {
        return configuration.toArray(ValueLayout.JAVA_BYTE);
    }
}
