/**
 * Matrix products with fused epilogues. {@link crosscut.kernels.gemm.MatrixProducts} is the contract. On the CPU
 * {@link crosscut.kernels.gemm.OneDnnMatrixProducts} and {@link crosscut.kernels.gemm.JavaMatrixProducts} fulfil it; both cut the result into the blocks of
 * {@link crosscut.kernels.gemm.BlockGrid} and compute every block in one thread. On a GPU it is {@link crosscut.kernels.gemm.CublasLtMatrixProducts}, with
 * kernels of {@code elementwise.cu} for what cuBLASLt does not fuse. May call: {@code device} and native-bindings.
 */
package crosscut.kernels.gemm;
