package crosscut.kernels.gemm;

import crosscut.kernels.device.Tensor;
import java.lang.foreign.MemorySegment;

/** Something done to one block of a result, in the task that computes the block, while the block is in the cache. */
@FunctionalInterface
interface BlockPass {

    /** Works on rows {@code row} to {@code row + rows - 1} and columns {@code column} to {@code column + columns - 1}. */
    void apply(long row, int rows, int column, int columns);

    /** Copies the block from {@code source} to {@code target}, which have one shape and type. */
    static BlockPass copy(Tensor source, Tensor target) {
        MemorySegment from = source.hostSegment();
        MemorySegment to = target.hostSegment();
        return (row, rows, column, columns) -> {
            long bytes = (long) columns * source.type().byteSize();
            for (long r = row; r < row + rows; r++) {
                MemorySegment.copy(from, source.byteOffset(r, column), to, target.byteOffset(r, column), bytes);
            }
        };
    }
}
