package crosscut.engine.data;

import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.PlannedMemory;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/** The buffers that a {@link BatchReader} fills in turn: one being consumed, one ready, one being read. They outlive a reader, so that epochs reuse them. */
public final class BatchRing implements AutoCloseable {

    private static final int BUFFERS = 3;

    private final RawBatchLayout layout;
    private final List<RawBatch> batches;

    /** Allocates buffers on the host side of {@code device}. */
    public BatchRing(Device device, RawBatchLayout layout) {
        this.layout = layout;
        this.batches = Stream.generate(() -> new RawBatch(device, layout)).limit(BUFFERS).toList();
    }

    /** What a ring allocates on the host side of a device. */
    public static List<PlannedMemory> planned(RawBatchLayout layout) {
        return Collections.nCopies(BUFFERS, RawBatch.planned(layout));
    }

    /** The columns of every buffer. */
    public RawBatchLayout layout() {
        return layout;
    }

    /** All buffers. */
    public List<RawBatch> batches() {
        return batches;
    }

    @Override
    public void close() {
        batches.forEach(RawBatch::close);
    }
}
