package crosscut.engine.train;

import crosscut.engine.model.Dcnv2;
import crosscut.kernels.batch.Decoder;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Event;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OwnedResources;
import crosscut.kernels.device.Stream;

/**
 * What happens to a batch before its step: copy to the device, decoding, exchange of ids, grouping. Where streams of the device overlap it happens on a stream
 * of its own, for one batch beside the step on the batch before; elsewhere on the stream of the steps, when a step takes the batch.
 */
final class BatchPreparation implements AutoCloseable {

    private final OwnedResources resources = new OwnedResources();
    private final Dcnv2 model;
    private final boolean overlaps;
    private final Stream stream;
    private final Decoder decoder;
    private final Operation preparation;
    private final Event prepared;
    private final Event taken;
    private RawBatch batch;
    private boolean isWaiting;

    /**
     * Binds the preparation.
     *
     * @param model the training pass that takes the batches
     * @param steps the stream that steps are launched on
     */
    BatchPreparation(Device device, Dcnv2 model, RawBatchLayout layout, Stream steps) {
        this.model = model;
        this.overlaps = device.overlapsStreams();
        try {
            this.stream = overlaps ? resources.keep(device.createStreamWithoutProducts("preparation")) : steps;
            this.decoder = resources.keep(model.preparingDecoder(layout, () -> batch));
            this.prepared = resources.keep(device.createEvent());
            this.taken = resources.keep(device.createEvent());
            this.preparation = device.capture("preparation of a batch", stream, this::decodeAndGroup);
        } catch (RuntimeException | Error failure) {
            resources.closeAfter(failure);
            throw failure;
        }
    }

    /** The device records it once and replays it. */
    private void decodeAndGroup(Stream main) {
        decoder.decode().launch(main);
        model.prepareIds(main);
    }

    /** Whether a batch is worth giving before the step on the one before has run. */
    boolean overlaps() {
        return overlaps;
    }

    /**
     * Gives the next batch, which must stay as it is until what {@link #stream} holds after it was {@linkplain #take taken} has run.
     *
     * @throws IllegalStateException when one is waiting already
     */
    void give(RawBatch next) {
        if (isWaiting) {
            throw new IllegalStateException("a batch was given before a step has taken the one before");
        }
        batch = next;
        isWaiting = true;
        if (overlaps) {
            decoder.upload(stream);
            stream.await(taken);
            preparation.launch(stream);
            prepared.record(stream);
        }
    }

    /**
     * Makes the batch that is waiting the one that everything launched on {@code steps} from now on works on.
     *
     * @throws IllegalStateException when none is waiting
     */
    void take(Stream steps) {
        if (!isWaiting) {
            throw new IllegalStateException("a step was launched without a batch");
        }
        isWaiting = false;
        if (!overlaps) {
            decoder.upload(steps);
            preparation.launch(steps);
        }
        steps.await(prepared);
        model.take(steps);
        taken.record(steps);
    }

    /** What batches are read on. */
    Stream stream() {
        return stream;
    }

    /**
     * Looks for bad values in the batches that were taken; to be called when their steps have run.
     *
     * @throws crosscut.kernels.batch.InvalidSampleException when there are some
     */
    void check() {
        decoder.check(overlaps && isWaiting ? 1 : 0);
    }

    /** The steps must have run. */
    @Override
    public void close() {
        stream.synchronize();
        resources.close();
    }
}
