package crosscut.engine.train;

import crosscut.engine.data.BatchReader;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Event;
import crosscut.kernels.device.Stream;
import java.util.stream.IntStream;

/**
 * Batches of steps that were launched, which the device may not have read yet. Each goes back to its reader when it has; waiting for the oldest where too many
 * are away is all that keeps the host from running ahead of the device. On the CPU every step has run when it was launched.
 */
final class BatchesInFlight implements AutoCloseable {

    private final RawBatch[] batches;
    private final Event[] done;
    private int oldest;
    private int count;

    /** Keeps at most {@code buffers - 2} batches: the reader always has one to fill, and one may be prepared for the next step. */
    BatchesInFlight(Device device, int buffers) {
        batches = new RawBatch[buffers];
        done = IntStream.range(0, buffers).mapToObj(_ -> device.createEvent()).toArray(Event[]::new);
    }

    /** Notes that everything that reads the batch has been launched on the stream. */
    void add(RawBatch batch, Stream stream) {
        int slot = (oldest + count) % batches.length;
        batches[slot] = batch;
        done[slot].record(stream);
        count++;
    }

    /** Gives back what is done, and waits for the oldest while too many are away. */
    void release(BatchReader reader) {
        while (count > 0 && (count >= batches.length - 1 || done[oldest].isDone())) {
            releaseOldest(reader);
        }
    }

    /** Waits for all and gives them back. */
    void releaseAll(BatchReader reader) {
        while (count > 0) {
            releaseOldest(reader);
        }
    }

    private void releaseOldest(BatchReader reader) {
        done[oldest].synchronize();
        reader.release(batches[oldest]);
        oldest = (oldest + 1) % batches.length;
        count--;
    }

    @Override
    public void close() {
        for (Event event : done) {
            event.close();
        }
    }
}
