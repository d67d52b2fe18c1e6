package crosscut.kernels.gemm;

import crosscut.bindings.onednn.MatmulDescription;
import crosscut.bindings.onednn.MatrixLayout;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.WorkerPool;
import java.lang.foreign.MemorySegment;

/**
 * One bound product of bf16 operands on a processor that multiplies in fp32 only: a task widens pieces of both operands, which is exact, lets oneDNN add up
 * their products, and rounds the finished sums once.
 */
final class WidenedProduct implements Operation, WorkerPool.Task {

    /** Terms of a sum that are widened at a time: a task's pieces and sums take 2 MiB at most. */
    private static final int DEPTH = 512;

    private final OneDnnMatrixProducts owner;
    private final WorkerScratch scratch;
    private final BlockGrid grid;
    private final int depth;
    private final int parts;
    private final WidenedOperand left;
    private final WidenedOperand right;
    private final boolean isRightTransposed;
    private final WorkerMatmul[] matmuls;
    private final SumsEpilogue epilogue;

    WidenedProduct(OneDnnMatrixProducts owner, ProductTerms terms) {
        this.owner = owner;
        scratch = owner.widened();
        grid = BlockGrid.of(terms);
        depth = Math.toIntExact(terms.left().columns());
        parts = Math.ceilDiv(depth, DEPTH);
        left = new WidenedOperand(terms.left(), grid.rowBlock(), termsOf(0), scratch, 0);
        right = new WidenedOperand(terms.right(), termsOf(0), grid.columnBlock(), scratch, left.end());
        isRightTransposed = terms.right().isTransposed();
        scratch.reserve(right.end() + grid.rowBlock() * sumsStride());
        matmuls = new WorkerMatmul[grid.count() * parts];
        for (int index = 0; index < matmuls.length; index++) {
            matmuls[index] = compile(index / parts, index % parts);
        }
        epilogue = new SumsEpilogue(terms, owner.pool().threads());
    }

    private int termsOf(int part) {
        return Math.min(DEPTH, depth - part * DEPTH);
    }

    /** Bytes between two rows of sums. */
    private long sumsStride() {
        return (long) grid.columnBlock() * Float.BYTES;
    }

    /** oneDNN transposes faster than we do; where nothing has to be, it is given the order in which it multiplies. */
    private WorkerMatmul compile(int block, int part) {
        WorkerMatmul ofBlocks = isRightTransposed ? null : compile(block, part, true);
        return ofBlocks != null && ofBlocks.weightsBlockColumns() > 0 ? ofBlocks : compile(block, part, false);
    }

    private WorkerMatmul compile(int block, int part, boolean hasPackedRight) {
        int rows = grid.rowCount(grid.row(block));
        int columns = grid.columnCount(grid.column(block));
        MatrixLayout sums = OneDnnMatrixProducts.layout(DataType.FLOAT32, rows, columns, grid.columnBlock(), 1);
        return owner.compile(new MatmulDescription(
                left.layout(rows, termsOf(part)), right.layout(termsOf(part), columns), sums, false, part > 0, false, hasPackedRight));
    }

    @Override
    public void launch(Stream stream) {
        owner.pool().parallel(grid.count(), this);
    }

    @Override
    public void run(int index, int worker) {
        long row = grid.row(index);
        int column = grid.column(index);
        int rows = grid.rowCount(row);
        int columns = grid.columnCount(column);
        owner.makeSingleThreaded();
        for (int part = 0; part < parts; part++) {
            int term = part * DEPTH;
            int count = termsOf(part);
            WorkerMatmul matmul = matmuls[index * parts + part];
            left.load(row, rows, term, count, worker);
            if (matmul.weightsBlockColumns() > 0) {
                right.loadBlocks(term, count, column, columns, matmul.weightsBlockColumns(), worker);
            } else {
                right.load(term, count, column, columns, worker);
            }
            matmul.run(worker, left.address(worker), right.address(worker), 0, scratch.address(worker) + right.end());
        }
        finish(row, rows, column, columns, worker);
    }

    private void finish(long row, int rows, int column, int columns, int worker) {
        MemorySegment sums = scratch.segment();
        long at = scratch.byteOffset(worker) + right.end();
        for (int r = 0; r < rows; r++) {
            epilogue.finishRow(sums, at + r * sumsStride(), row + r, column, columns, worker);
        }
        epilogue.finishBlock(row, rows, column, columns);
    }
}
