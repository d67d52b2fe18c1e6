package crosscut.engine.train;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OwnedResources;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.metric.AreaUnderCurve;
import crosscut.kernels.metric.ThresholdAuc;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The counts behind the area that the reference reports, kept on the device while an evaluation runs. */
final class ScoreHistogram implements AutoCloseable {

    private final OwnedResources resources = new OwnedResources();
    private final Device device;
    private final DeviceMemory memory;
    private final long batch;
    private final int lastRows;
    private final Operation countBatch;
    private final Operation countLast;
    private final MemorySegment onHost;

    /**
     * Binds the counting.
     *
     * @param logits (batch, 1); empty where there is nothing to count
     * @param labels (1, batch) FLOAT32
     * @param lastRows samples in the last batch when it is not a whole one, else 0
     */
    ScoreHistogram(Device device, Tensor logits, Tensor labels, int lastRows, int thresholds) {
        this.device = device;
        this.batch = logits.rows();
        this.lastRows = (int) Math.min(lastRows, batch);
        int counters = ThresholdAuc.counters(thresholds);
        try {
            memory = resources.keep(device.allocate("score counts", (long) counters * Long.BYTES));
            Tensor counts = memory.tensor(0, DataType.INT64, 1, counters);
            countBatch = device.metric().countScores(logits, labels, counts);
            countLast = device.metric().countScores(logits.rowRange(0, this.lastRows), labels.columnRange(0, this.lastRows), counts);
            onHost = resources.keep(Arena.ofShared()).allocate(memory.byteSize(), Long.BYTES);
        } catch (RuntimeException | Error failure) {
            resources.closeAfter(failure);
            throw failure;
        }
    }

    /** Starts an evaluation. */
    void clear() {
        onHost.fill((byte) 0);
        device.write(memory, 0, onHost);
    }

    /** Counts the first {@code rows} samples of the batch: all of them or those of the last batch. */
    void add(Stream stream, int rows) {
        if (rows != batch && rows != lastRows) {
            throw new IllegalArgumentException(rows + " samples where a batch has " + batch + " and the last one " + lastRows);
        }
        (rows == batch ? countBatch : countLast).launch(stream);
    }

    /** The area over all samples since {@link #clear}; waits for the device. */
    AreaUnderCurve area(Stream stream) {
        stream.synchronize();
        device.read(memory, 0, onHost);
        return ThresholdAuc.area(onHost);
    }

    @Override
    public void close() {
        resources.close();
    }
}
