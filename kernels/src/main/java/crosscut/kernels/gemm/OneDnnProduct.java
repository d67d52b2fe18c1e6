package crosscut.kernels.gemm;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.WorkerPool;

/** One bound product: every block of the result is one single-threaded oneDNN product with its element-wise neighbours in the same task. */
final class OneDnnProduct implements Operation, WorkerPool.Task {

    /**
     * Bytes of a right-hand operand from which a packed copy pays. Measured with oneDNN 3.13 on Zen 5: the small model's weights, up to 112 KiB, are in a cache
     * anyway, and packed they cost 3 % at 32 and 2,048 rows.
     */
    private static final long LEAST_PACKED = 1 << 18;

    private final OneDnnMatrixProducts owner;
    private final ProductTerms terms;
    private final BlockGrid grid;
    private final PackedRight packed;
    private final WorkerMatmul[] matmuls;
    private final boolean[] readsPacked;
    private final BlockPass before;
    private final BlockPass after;

    /** @param fixed takes a copy of the right-hand operand, null to read it where it lies */
    OneDnnProduct(OneDnnMatrixProducts owner, ProductTerms terms, FixedWeights fixed) {
        this.owner = owner;
        this.terms = terms;
        grid = BlockGrid.of(terms.destination().rows(), terms.left().columns(), terms.destination().columns());
        matmuls = new WorkerMatmul[grid.count()];
        readsPacked = new boolean[grid.count()];
        packed = fixed == null || grid.count() == 0 || rightByteSize(terms) < LEAST_PACKED ? null : bindPacked(fixed);
        for (int index = 0; index < matmuls.length; index++) {
            if (matmuls[index] == null) {
                matmuls[index] = compile(index, false);
            }
        }
        // oneDNN adds to what the destination holds; a residual elsewhere is first copied there. The copy is exact, and strides need not agree.
        before = terms.residual() == null || terms.isResidualInPlace() ? null : BlockPass.copy(terms.residual(), terms.destination());
        after = terms.reluOutput() == null ? null : new ReluMask(terms.reluOutput(), terms.destination());
    }

    private static long rightByteSize(ProductTerms terms) {
        return terms.right().rows() * terms.right().columns() * terms.right().tensor().type().byteSize();
    }

    /** Blocks whose rows are fewer may like another order than the others; they read the operand where it lies. */
    private PackedRight bindPacked(FixedWeights fixed) {
        WorkerMatmul[] products = new WorkerMatmul[matmuls.length];
        WorkerMatmul[] firsts = new WorkerMatmul[grid.pieces()];
        for (int index = products.length - 1; index >= 0; index--) {
            products[index] = compile(index, true);
            firsts[grid.piece(index)] = products[index];
        }
        PackedRight copied = fixed.copy(PackedRight.class, terms.right(), grid.columnBlock(), PackedRight.byteSize(firsts),
                copy -> new PackedRight(owner, terms.right(), grid, firsts, copy));
        for (int index = 0; index < products.length; index++) {
            readsPacked[index] = copied.isFor(grid.piece(index), products[index]);
            matmuls[index] = readsPacked[index] ? products[index] : null;
        }
        return copied;
    }

    private WorkerMatmul compile(int index, boolean hasPackedRight) {
        return owner.compile(terms, grid.rowCount(grid.row(index)), grid.columnCount(grid.column(index)), hasPackedRight);
    }

    @Override
    public void launch(Stream stream) {
        if (packed != null) {
            packed.requireMade();
        }
        owner.pool().parallel(matmuls.length, this);
    }

    @Override
    public void run(int index, int worker) {
        long row = grid.row(index);
        int column = grid.column(index);
        owner.makeSingleThreaded();
        if (before != null) {
            before.apply(row, grid.rowCount(row), column, grid.columnCount(column));
        }
        long right = readsPacked[index] ? packed.address(grid.piece(index)) : terms.right().address(0, column);
        long bias = terms.bias() == null ? 0 : terms.bias().address() + (long) column * Float.BYTES;
        long destination = terms.destination().memory().address() + terms.destination().byteOffset(row, column);
        matmuls[index].run(worker, terms.left().address(row, 0), right, bias, destination);
        if (after != null) {
            after.apply(row, grid.rowCount(row), column, grid.columnCount(column));
        }
    }
}
