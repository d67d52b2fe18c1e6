/**
 * Matrix products with fused epilogues. {@link crosscut.kernels.gemm.MatrixProducts} is the contract; on the CPU {@link crosscut.kernels.gemm.OneDnnMatrixProducts}
 * and {@link crosscut.kernels.gemm.JavaMatrixProducts} fulfil it, both by cutting the result into the blocks of {@link crosscut.kernels.gemm.BlockGrid} and
 * computing every block in one thread.
 */
package crosscut.kernels.gemm;
