package crosscut.kernels.gemm;

/** A copy of the right-hand operand of a product in the order in which oneDNN multiplies, one piece for every block of columns. */
interface RightCopy {

    /** Before a launch of the product: sees to it that the copy is made. */
    void prepare();

    /** Whether {@code product} multiplies by such a piece. */
    boolean isFor(int piece, WorkerMatmul product);

    /** Address of the piece for a block of columns, after {@link #prepare}. */
    long address(int piece);
}
