package crosscut.kernels.gemm;

import crosscut.bindings.onednn.MatrixLayout;

/** The products of all blocks of a result, each in one thread, without what comes before and after them. */
final class BlockProducts {

    /**
     * Bytes of a right-hand operand from which a packed copy pays. Measured with oneDNN 3.13 on Zen 5: the small model's weights, up to 112 KiB, are in a cache
     * anyway, and packed they cost 3 % at 32 and 2,048 rows.
     */
    private static final long LEAST_PACKED = 1 << 18;

    private final OneDnnMatrixProducts owner;
    private final ProductTerms terms;
    private final BlockGrid grid;
    private final LaunchedLeft left;
    private final RightCopy right;
    private final WorkerMatmul[] matmuls;
    private final boolean[] readsPacked;

    /** @param fixed takes a copy of the right-hand operand, null to read it where it lies */
    BlockProducts(OneDnnMatrixProducts owner, ProductTerms terms, BlockGrid grid, FixedWeights fixed) {
        this.owner = owner;
        this.terms = terms;
        this.grid = grid;
        matmuls = new WorkerMatmul[grid.count()];
        readsPacked = new boolean[grid.count()];
        OperandCopies copies = OperandCopies.here(terms, grid, fixed);
        left = copies.left() == null ? null : new LaunchedLeft(owner, copies.left());
        right = fixed == null ? bindRight(copies) : bindPacked(fixed);
        for (int index = 0; index < matmuls.length; index++) {
            matmuls[index] = right == null ? null : compile(index, true);
            readsPacked[index] = right != null && right.isFor(grid.piece(index), matmuls[index]);
            if (!readsPacked[index]) {
                matmuls[index] = compile(index, false);
            }
        }
    }

    /** Null where the operand is read as it lies. */
    private RightCopy bindRight(OperandCopies copies) {
        int blockColumns = copies.right() == null ? 0 : compile(0, true).weightsBlockColumns();
        boolean isCopied = blockColumns > 0 && LaunchedRight.pays(copies.right(), blockColumns);
        return isCopied ? new LaunchedRight(owner, copies.right(), grid, blockColumns, copies.rightOffset()) : null;
    }

    /** Null as above. Blocks whose rows are fewer may like another order than the others; they read the operand where it lies. */
    private PackedRight bindPacked(FixedWeights fixed) {
        if (grid.count() == 0 || terms.right().byteSize() < LEAST_PACKED) {
            return null;
        }
        WorkerMatmul[] firsts = new WorkerMatmul[grid.pieces()];
        for (int index = matmuls.length - 1; index >= 0; index--) {
            firsts[grid.piece(index)] = compile(index, true);
        }
        return fixed.copy(PackedRight.class, terms.right(), grid.columnBlock(), PackedRight.byteSize(firsts),
                target -> new PackedRight(owner, terms.right(), grid, firsts, target));
    }

    private WorkerMatmul compile(int index, boolean hasPackedRight) {
        int rows = grid.rowCount(grid.row(index));
        MatrixLayout layout = left == null ? OneDnnMatrixProducts.layout(terms.left(), rows, terms.left().columns()) : left.layout(rows);
        return owner.compile(terms, layout, grid.columnCount(grid.column(index)), hasPackedRight);
    }

    /** Makes the copies of a launch. */
    void prepare() {
        if (right != null) {
            right.prepare();
        }
        if (left != null) {
            left.prepare();
        }
    }

    /** Computes one block on the calling thread. */
    void run(int index, int worker) {
        long row = grid.row(index);
        int column = grid.column(index);
        long source = left == null ? terms.left().address(row, 0) : left.address(row);
        long weights = readsPacked[index] ? right.address(grid.piece(index)) : terms.right().address(0, column);
        long bias = terms.bias() == null ? 0 : terms.bias().address() + (long) column * Float.BYTES;
        long destination = terms.destination().memory().address() + terms.destination().byteOffset(row, column);
        matmuls[index].run(worker, source, weights, bias, destination);
    }
}
