package crosscut.kernels.gemm;

/** Who computes matrix products on the CPU. */
public enum MatrixLibrary {
    /** oneDNN where it loads and has AVX2 or newer instructions, else Java; the description says why. */
    AUTO,
    /** oneDNN or an exception that says why not. */
    ONEDNN,
    /** The Vector API of the JDK: needs no native library. */
    JAVA
}
