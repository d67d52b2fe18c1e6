package crosscut.engine.data;

import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.OwnedResources;
import crosscut.kernels.device.PlannedMemory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The buffers that a {@link BatchReader} fills in turn: one being consumed, one ready, one being read. They outlive a reader, so that epochs reuse them. */
public final class BatchRing implements AutoCloseable {

    private static final int BUFFERS = 3;

    private final OwnedResources resources = new OwnedResources();
    private final RawBatchLayout layout;
    private final List<RawBatch> batches = new ArrayList<>(BUFFERS);

    /** Allocates buffers on the host side of {@code device}. */
    public BatchRing(Device device, RawBatchLayout layout) {
        this.layout = layout;
        try {
            while (batches.size() < BUFFERS) {
                batches.add(resources.keep(new RawBatch(device, layout)));
            }
        } catch (RuntimeException | Error failure) {
            resources.closeAfter(failure);
            throw failure;
        }
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
        return Collections.unmodifiableList(batches);
    }

    @Override
    public void close() {
        resources.close();
    }
}
