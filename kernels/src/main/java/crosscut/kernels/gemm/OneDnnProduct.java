package crosscut.kernels.gemm;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.WorkerPool;

/** One bound product: every block of the result is one single-threaded oneDNN product with its element-wise neighbours in the same task. */
final class OneDnnProduct implements Operation, WorkerPool.Task {

    /** Compiles the product of a block of the given size. */
    interface BlockCompiler {

        WorkerMatmul compile(int rows, int columns);
    }

    private final WorkerPool pool;
    private final OneDnnMatrixProducts owner;
    private final ProductTerms terms;
    private final BlockGrid grid;
    private final WorkerMatmul[] matmuls;
    private final BlockPass before;
    private final BlockPass after;

    OneDnnProduct(WorkerPool pool, OneDnnMatrixProducts owner, ProductTerms terms, BlockCompiler compiler) {
        this.pool = pool;
        this.owner = owner;
        this.terms = terms;
        grid = BlockGrid.of(terms.destination().rows(), terms.left().columns(), terms.destination().columns());
        matmuls = new WorkerMatmul[grid.count()];
        for (int index = 0; index < matmuls.length; index++) {
            matmuls[index] = compiler.compile(grid.rowCount(grid.row(index)), grid.columnCount(grid.column(index)));
        }
        // oneDNN adds to what the destination holds; a residual elsewhere is first copied there. The copy is exact, and strides need not agree.
        before = terms.residual() == null || terms.isResidualInPlace() ? null : BlockPass.copy(terms.residual(), terms.destination());
        after = terms.reluOutput() == null ? null : new ReluMask(terms.reluOutput(), terms.destination());
    }

    @Override
    public void launch(Stream stream) {
        pool.parallel(matmuls.length, this);
    }

    @Override
    public void run(int index, int worker) {
        long row = grid.row(index);
        int column = grid.column(index);
        owner.makeSingleThreaded();
        if (before != null) {
            before.apply(row, grid.rowCount(row), column, grid.columnCount(column));
        }
        long bias = terms.bias() == null ? 0 : terms.bias().address() + (long) column * Float.BYTES;
        long destination = terms.destination().memory().address() + terms.destination().byteOffset(row, column);
        matmuls[index].run(worker, terms.left().address(row, 0), terms.right().address(0, column), bias, destination);
        if (after != null) {
            after.apply(row, grid.rowCount(row), column, grid.columnCount(column));
        }
    }
}
