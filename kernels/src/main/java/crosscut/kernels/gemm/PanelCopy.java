package crosscut.kernels.gemm;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;

/**
 * A copy of weights as panels, (panels, depth, {@link #COLUMNS}), in their own type; the last panel may end in zeros. Launching makes it.
 *
 * <p>Columns of fp32 lie in their order. Those of bf16 lie in pairs, the first of the left half beside the first of the right half, so that a vector of pairs
 * comes apart into the two halves.
 */
final class PanelCopy implements Operation, WorkerPool.Task {

    /** Columns of a panel: two vectors of sums. */
    static final int COLUMNS = 2 * FloatVector.SPECIES_PREFERRED.length();

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    private final WorkerPool pool;
    private final MatrixView weights;
    private final MemorySegment copy;
    private final DataType type;
    private final long rowBytes;
    private boolean isMade;

    /** @param copy {@link #byteSize} bytes, all zeros */
    PanelCopy(WorkerPool pool, MatrixView weights, DeviceMemory copy) {
        this.pool = pool;
        this.weights = weights;
        this.copy = copy.hostSegment();
        type = weights.tensor().type();
        rowBytes = (long) COLUMNS * type.byteSize();
    }

    static long byteSize(MatrixView weights) {
        return Math.ceilDiv(weights.columns(), COLUMNS) * weights.rows() * COLUMNS * weights.tensor().type().byteSize();
    }

    int count() {
        return Math.toIntExact(Math.ceilDiv(weights.columns(), COLUMNS));
    }

    MemorySegment segment() {
        return copy;
    }

    long byteOffset(int panel) {
        return panel * weights.rows() * rowBytes;
    }

    /**
     * For whoever is about to read the copy.
     *
     * @throws IllegalStateException when it was never made
     */
    void requireMade() {
        if (!isMade) {
            throw new IllegalStateException(FixedWeights.NOT_TAKEN);
        }
    }

    @Override
    public void launch(Stream stream) {
        pool.parallel(count(), this);
        isMade = true;
    }

    @Override
    public void run(int panel, int worker) {
        int column = panel * COLUMNS;
        int columns = (int) Math.min(COLUMNS, weights.columns() - column);
        for (long row = 0; row < weights.rows(); row++) {
            long from = weights.byteOffset(row, column);
            long to = byteOffset(panel) + row * rowBytes;
            if (type == DataType.BFLOAT16) {
                copyPairs(from, columns, to);
            } else {
                MemorySegment.copy(weights.tensor().hostSegment(), from, copy, to, (long) columns * Float.BYTES);
            }
        }
    }

    private void copyPairs(long from, int columns, long to) {
        MemorySegment source = weights.tensor().hostSegment();
        int half = COLUMNS / 2;
        for (int column = 0; column < columns; column++) {
            int place = column < half ? 2 * column : 2 * (column - half) + 1;
            copy.set(SHORT, to + (long) place * Short.BYTES, source.get(SHORT, from + (long) column * Short.BYTES));
        }
    }
}
