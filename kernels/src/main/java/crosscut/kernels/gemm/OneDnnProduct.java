package crosscut.kernels.gemm;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.WorkerPool;

/** One bound product: every block of the result is one single-threaded oneDNN product with its element-wise neighbours in the same task. */
final class OneDnnProduct implements Operation, WorkerPool.Task {

    private final OneDnnMatrixProducts owner;
    private final BlockGrid grid;
    private final BlockProducts products;
    private final BlockPass before;
    private final BlockPass after;

    /** @param fixed takes a copy of the right-hand operand, null to read it where it lies */
    OneDnnProduct(OneDnnMatrixProducts owner, ProductTerms terms, FixedWeights fixed) {
        this.owner = owner;
        grid = BlockGrid.of(terms);
        products = new BlockProducts(owner, terms, grid, fixed);
        // oneDNN adds to what the destination holds; a residual elsewhere is first copied there. The copy is exact, and strides need not agree.
        before = terms.residual() == null || terms.isResidualInPlace() ? null : BlockPass.copy(terms.residual(), terms.destination());
        after = terms.reluOutput() == null ? null : new ReluMask(terms.reluOutput(), terms.destination());
    }

    @Override
    public void launch(Stream stream) {
        products.prepare();
        owner.pool().parallel(grid.count(), this);
    }

    @Override
    public void run(int index, int worker) {
        long row = grid.row(index);
        int column = grid.column(index);
        owner.makeSingleThreaded();
        if (before != null) {
            before.apply(row, grid.rowCount(row), column, grid.columnCount(column));
        }
        products.run(index, worker);
        if (after != null) {
            after.apply(row, grid.rowCount(row), column, grid.columnCount(column));
        }
    }
}
