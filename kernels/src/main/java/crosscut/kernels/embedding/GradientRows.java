package crosscut.kernels.embedding;

import crosscut.kernels.device.RowSums;
import crosscut.kernels.device.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The gradient of x0, whose rows are summed where they lie: those of a run of pairs, one run at a time for each worker. */
final class GradientRows {

    private final RowSums sums;
    private final long offset;
    private final long rowBytes;
    private final int elementBytes;
    private final long[][] offsets;

    /**
     * Binds the rows.
     *
     * @param gradient (batch, columns) FLOAT32 or BFLOAT16
     * @param workers threads of the pool
     */
    GradientRows(Tensor gradient, int workers) {
        sums = new RowSums(gradient);
        offset = gradient.byteOffset();
        elementBytes = gradient.type().byteSize();
        rowBytes = gradient.rowStride() * elementBytes;
        offsets = new long[workers][CpuIdGroups.CHUNK_PAIRS];
    }

    /**
     * Writes the sum, in their order, of the gradients of {@code count} pairs of {@code table}.
     *
     * @param pairs as {@link CpuIdGroups} has them, the first at byte {@code first}, no more than a chunk has
     * @param target takes fp32 sums from byte {@code targetOffset} on
     */
    void sum(EmbeddingTable table, MemorySegment pairs, long first, int count, MemorySegment target, long targetOffset, int worker) {
        long[] ofRun = offsets[worker];
        int hotness = table.hotness();
        for (int index = 0; index < count; index++) {
            int position = CpuIdGroups.position(pairs.get(ValueLayout.JAVA_LONG, first + (long) index * Long.BYTES));
            ofRun[index] = (hotness == 1 ? position : position / hotness) * rowBytes;
        }
        sums.sum(offset + (long) table.columnOffset() * elementBytes, ofRun, count, table.dimension(), target, targetOffset);
    }
}
