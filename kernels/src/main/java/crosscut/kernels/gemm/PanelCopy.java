package crosscut.kernels.gemm;

import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.WorkerPool;
import java.lang.foreign.MemorySegment;

/** A copy of fp32 weights as panels, (panels, depth, {@link Float32Panel#COLUMNS}); the last panel may end in zeros. Launching makes it. */
final class PanelCopy implements Operation, WorkerPool.Task {

    private final WorkerPool pool;
    private final MatrixView weights;
    private final MemorySegment copy;
    private final long panelBytes;
    private boolean isMade;

    /** @param copy {@link #byteSize} bytes, all zeros */
    PanelCopy(WorkerPool pool, MatrixView weights, DeviceMemory copy) {
        this.pool = pool;
        this.weights = weights;
        this.copy = copy.hostSegment();
        panelBytes = weights.rows() * Float32Panel.ROW_BYTES;
    }

    static long byteSize(MatrixView weights) {
        return Math.ceilDiv(weights.columns(), Float32Panel.COLUMNS) * weights.rows() * Float32Panel.ROW_BYTES;
    }

    int count() {
        return Math.toIntExact(Math.ceilDiv(weights.columns(), Float32Panel.COLUMNS));
    }

    MemorySegment segment() {
        return copy;
    }

    long byteOffset(int panel) {
        return panel * panelBytes;
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
        int column = panel * Float32Panel.COLUMNS;
        long bytes = Math.min(Float32Panel.COLUMNS, weights.columns() - column) * Float.BYTES;
        MemorySegment from = weights.tensor().hostSegment();
        for (long row = 0; row < weights.rows(); row++) {
            MemorySegment.copy(from, weights.byteOffset(row, column), copy, byteOffset(panel) + row * Float32Panel.ROW_BYTES, bytes);
        }
    }
}
