package crosscut.engine.train;

import crosscut.engine.data.BatchRing;
import crosscut.engine.data.BatchSupply;
import crosscut.engine.data.SampleOrder;
import crosscut.engine.data.SampleSource;
import crosscut.engine.model.Dcnv2;
import crosscut.kernels.batch.Decoder;
import crosscut.kernels.batch.InvalidSampleException;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OwnedResources;
import crosscut.kernels.device.Stream;

/** Scores whole batches of a split one after the other and times each; the split starts over where it ends. */
final class TimedScoring implements AutoCloseable {

    private final OwnedResources resources = new OwnedResources();
    private final Dcnv2 model;
    private final SampleSource source;
    private final Stream stream;
    private final BatchRing ring;
    private final Decoder decoder;
    private final Operation scoring;
    private final ScoreReader scores;
    private BatchSupply supply;
    private long batchesLeft;
    private RawBatch batch;

    /**
     * Binds the pass and takes the model's weights as they are now.
     *
     * @param model the pass that computes; the caller closes it
     * @param source the whole split: at least one batch
     */
    TimedScoring(Device device, Dcnv2 model, SampleSource source) {
        this.model = model;
        this.source = source;
        try {
            stream = resources.keep(device.createStream("inference"));
            ring = resources.keep(new BatchRing(device, source.layout(model.batchSize())));
            decoder = resources.keep(model.decoder(ring.layout(), () -> batch));
            model.takeWeights(stream);
            scoring = device.capture("inference", stream, this::launch);
            scores = resources.keep(new ScoreReader(device, model.logits(), model.labels()));
        } catch (RuntimeException | Error failure) {
            resources.closeAfter(failure);
            throw failure;
        }
    }

    /** From decoding to the logits; the device records it once and replays it. */
    private void launch(Stream main) {
        decoder.decode().launch(main);
        model.score(main);
    }

    /** The next batch is the first of the split. */
    void startOver() {
        if (supply != null) {
            supply.close();
        }
        supply = BatchSupply.wholeBatches(source, SampleOrder.STORED, 0, ring.batches());
        batchesLeft = source.samples() / model.batchSize();
    }

    /** Scores one batch; returns the seconds from asking for it to having its logits on the host. */
    double scoreNext() {
        if (batchesLeft == 0) {
            startOver();
        }
        batchesLeft--;
        long start = System.nanoTime();
        batch = supply.next();
        forward();
        scores.read(batch.rows());
        double seconds = (System.nanoTime() - start) / 1e9;
        supply.release(batch);
        return seconds;
    }

    private void forward() {
        try {
            decoder.upload(stream);
            scoring.launch(stream);
            stream.synchronize();
            decoder.check();
        } catch (InvalidSampleException failure) {
            throw supply.located(failure);
        }
    }

    /** What the newest batch was given. */
    ScoreReader scores() {
        return scores;
    }

    @Override
    public void close() {
        if (supply != null) {
            supply.close();
        }
        resources.close();
    }
}
