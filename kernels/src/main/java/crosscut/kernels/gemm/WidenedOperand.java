package crosscut.kernels.gemm;

import crosscut.bindings.onednn.MatrixLayout;
import crosscut.kernels.device.Bfloat16;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.VectorLoops;

/** Pieces of a bf16 operand as fp32, in scratch memory of the worker that multiplies them. */
final class WidenedOperand {

    /** Lines of a multiple of so many floats are a cache line further apart than they are long: they would all lie in the same few sets of a cache. */
    private static final int CROWDED = 256;
    private static final int SPACE = 64 / Float.BYTES;

    /** The rows of a block of columns are filled up to a multiple of this. */
    private static final int ROW_GRAIN = 16;

    private final MatrixView operand;
    private final WorkerScratch scratch;
    private final long offset;
    private final int lines;
    private final long stride;

    /**
     * Reserves room for pieces of so many rows and columns.
     *
     * @param offset bytes that are used already of each worker's {@code scratch}
     */
    WidenedOperand(MatrixView operand, int rows, int columns, WorkerScratch scratch, long offset) {
        this.operand = operand;
        this.scratch = scratch;
        this.offset = offset;
        lines = operand.isTransposed() ? columns : wholeRows(rows);
        int length = operand.isTransposed() ? rows : columns;
        stride = length % CROWDED == 0 ? length + SPACE : length;
        scratch.reserve(end());
    }

    private static int wholeRows(int rows) {
        return Math.ceilDiv(rows, ROW_GRAIN) * ROW_GRAIN;
    }

    /** Bytes that are used of each worker's scratch, with these. */
    long end() {
        return offset + lines * stride * Float.BYTES;
    }

    /** Where a worker's piece is. */
    long address(int worker) {
        return scratch.address(worker) + offset;
    }

    /** How {@link #load} leaves a piece. */
    MatrixLayout layout(int rows, int columns) {
        return OneDnnMatrixProducts.layout(DataType.FLOAT32, rows, columns, operand.isTransposed() ? 1 : stride, operand.isTransposed() ? stride : 1);
    }

    /** Widens a piece; it lies as the operand does. */
    void load(long row, int rows, long column, int columns, int worker) {
        int count = operand.isTransposed() ? columns : rows;
        int length = operand.isTransposed() ? rows : columns;
        widenLines(operand.byteOffset(row, column), count, length, scratch.byteOffset(worker) + offset, stride * Float.BYTES);
    }

    private void widenLines(long from, int count, int length, long to, long targetStride) {
        Tensor tensor = operand.tensor();
        Bfloat16.widenLines(tensor.hostSegment(), from, tensor.rowStride() * Short.BYTES, scratch.segment(), to, targetStride, count, length);
    }

    /**
     * Widens a piece of an operand that is not transposed into blocks of columns, one after the other, as oneDNN reads packed weights.
     *
     * @param blockColumns {@link WorkerMatmul#weightsBlockColumns}, a divisor of the most columns
     */
    void loadBlocks(long row, int rows, int column, int columns, int blockColumns, int worker) {
        long target = scratch.byteOffset(worker) + offset;
        int filledRows = wholeRows(rows);
        for (int first = 0; first < columns; first += blockColumns) {
            int count = Math.min(blockColumns, columns - first);
            if (count < blockColumns || rows < filledRows) {
                VectorLoops.clear(scratch.segment(), target, filledRows * blockColumns);
            }
            widenLines(operand.byteOffset(row, column + first), rows, count, target, (long) blockColumns * Float.BYTES);
            target += (long) filledRows * blockColumns * Float.BYTES;
        }
    }
}
