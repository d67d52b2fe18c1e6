package crosscut.kernels.gemm;

/**
 * Which operands of a product are copied for a whole launch. The copies lie one after the other.
 *
 * @param left brought into rows, null to read it where it lies
 * @param right brought into blocks of columns where oneDNN reads such, null to read it where it lies
 */
record OperandCopies(MatrixView left, MatrixView right) {

    private static final OperandCopies NONE = new OperandCopies(null, null);

    /**
     * By shapes alone, which needs neither oneDNN nor the Vector API.
     *
     * @param fixed keeps a copy of the right-hand operand for many launches; null where there is none
     */
    static OperandCopies suiting(ProductTerms terms, BlockGrid grid, FixedWeights fixed) {
        return new OperandCopies(LaunchedLeft.suits(terms.left(), grid) ? terms.left() : null,
                fixed == null && LaunchedRight.suits(terms.right(), grid) ? terms.right() : null);
    }

    /** As {@link #suiting}, where this processor makes such copies fast. */
    static OperandCopies here(ProductTerms terms, BlockGrid grid, FixedWeights fixed) {
        return WordLoops.isFast() ? suiting(terms, grid, fixed) : NONE;
    }

    /** Where the right-hand copy begins. */
    long rightOffset() {
        return left == null ? 0 : LaunchedLeft.byteSize(left);
    }

    /** Bytes of both. */
    long byteSize() {
        return rightOffset() + (right == null ? 0 : right.byteSize());
    }
}
