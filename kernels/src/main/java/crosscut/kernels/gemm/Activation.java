package crosscut.kernels.gemm;

/** What follows a matrix product. The gradient of ReLU at 0 is 0. */
public enum Activation {
    NONE,
    RELU
}
