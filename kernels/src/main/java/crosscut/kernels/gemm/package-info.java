/** Matrix products with fused epilogues. */
package crosscut.kernels.gemm;
