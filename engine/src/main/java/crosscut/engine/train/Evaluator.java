package crosscut.engine.train;

import crosscut.engine.data.BatchReader;
import crosscut.engine.data.BatchRing;
import crosscut.engine.data.SampleOrder;
import crosscut.engine.data.SampleSource;
import crosscut.engine.model.Dcnv2;
import crosscut.engine.parallel.RankInput;
import crosscut.engine.parallel.World;
import crosscut.engine.progress.ProgressEvent;
import crosscut.engine.progress.ProgressListener;
import crosscut.kernels.batch.Decoder;
import crosscut.kernels.batch.InvalidSampleException;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OwnedResources;
import crosscut.kernels.device.Stream;
import crosscut.kernels.metric.ExactAuc;
import java.util.function.BooleanSupplier;

/** Scores a whole split, the partial last batch included. */
final class Evaluator implements AutoCloseable {

    private static final long PROGRESS_NANOS = 300_000_000L;

    private final OwnedResources resources = new OwnedResources();
    private final Stream stream;
    private final World world;
    private final Dcnv2 model;
    private final SampleSource source;
    private final int globalBatch;
    private final ScoreHistogram histogram;
    private final BatchRing ring;
    private final Decoder decoder;
    private final ScoreGather gather;
    private final Operation scoring;
    private final ScoreReader scores;
    private RawBatch batch;

    /**
     * Binds an evaluation.
     *
     * @param world all ranks; they evaluate together, and rank 0 collects the scores
     * @param input which columns this rank reads
     * @param model the pass that computes; its batch size is this rank's share of the evaluation's; the caller closes it
     * @param source the whole split
     */
    Evaluator(Device device, World world, RankInput input, Dcnv2 model, SampleSource source, int aucThresholds) {
        this.world = world;
        this.model = model;
        this.source = source;
        this.globalBatch = Math.multiplyExact(model.batchSize(), world.size());
        int lastRows = (int) (source.samples() % globalBatch);
        try {
            this.stream = resources.keep(device.createStream("evaluation"));
            this.ring = resources.keep(new BatchRing(device, input.layout(source.layout(model.batchSize()))));
            this.decoder = resources.keep(model.decoder(ring.layout(), () -> batch));
            this.gather = resources.keep(new ScoreGather(device, world, model));
            this.scoring = device.capture("evaluation", stream, this::launch);
            this.scores = resources.keep(new ScoreReader(device, gather.logits(), gather.labels()));
            this.histogram = resources.keep(new ScoreHistogram(device, gather.logits(), gather.labels(), lastRows, aucThresholds));
        } catch (RuntimeException | Error failure) {
            resources.closeAfter(failure);
            throw failure;
        }
    }

    /**
     * Evaluates; all ranks get the same result.
     *
     * @param step for the progress events: training steps done
     * @param maxBatches most batches to look at, -1 for all
     * @param stop asked before every batch, on all ranks with the same answer
     * @return null when {@code stop} said yes before the end
     */
    Evaluation evaluate(long step, long maxBatches, ProgressListener listener, BooleanSupplier stop) {
        long start = System.nanoTime();
        long batches = Math.ceilDiv(source.samples(), (long) globalBatch);
        long wanted = maxBatches < 0 ? batches : Math.min(batches, maxBatches);
        long samples = Math.min(source.samples(), wanted * globalBatch);
        listener.on(new ProgressEvent.EvaluationStarted(step, samples));
        double lossSum = 0;
        long done = 0;
        long lastReport = start;
        ExactAuc exact = new ExactAuc();
        histogram.clear();
        model.takeWeights(stream);
        try (BatchReader reader = BatchReader.allSamples(source, world.rank(), SampleOrder.STORED, 0, ring.batches())) {
            for (long i = 0; i < wanted; i++) {
                if (stop.getAsBoolean()) {
                    return null;
                }
                forward(reader);
                int rows = (int) Math.min(globalBatch, samples - done);
                lossSum += world.isFirst() ? addScores(exact, rows) : 0;
                done += rows;
                if (System.nanoTime() - lastReport > PROGRESS_NANOS) {
                    lastReport = System.nanoTime();
                    listener.on(new ProgressEvent.EvaluationProgress(step, done, samples));
                }
            }
        }
        return announce(new Evaluation(exact.result().value(), histogram.area(stream).value(), lossSum / done, done, (System.nanoTime() - start) / 1e9));
    }

    /** Makes rank 0's result, the only one with scores, everybody's, so that all decide alike what it means. */
    private Evaluation announce(Evaluation evaluation) {
        return world.isSingle() ? evaluation : Evaluation.fromBytes(world.collectives().broadcast(evaluation.toBytes()));
    }

    /** From decoding to the logits of all ranks; the device records it once and replays it. */
    private void launch(Stream main) {
        decoder.decode().launch(main);
        model.score(main);
        gather.launch(main);
    }

    private void forward(BatchReader reader) {
        batch = reader.next();
        try {
            decoder.upload(stream);
            scoring.launch(stream);
            stream.synchronize();
            world.collectives().check();
            decoder.check();
        } catch (InvalidSampleException failure) {
            throw reader.located(failure);
        }
        reader.release(batch);
    }

    private double addScores(ExactAuc exact, int rows) {
        histogram.add(stream, rows);
        scores.read(rows);
        double lossSum = 0;
        for (int row = 0; row < rows; row++) {
            float logit = scores.scores()[row];
            boolean positive = scores.positive()[row];
            exact.add(logit, positive);
            lossSum += Math.max(logit, 0) - (positive ? logit : 0) + Math.log1p(Math.exp(-Math.abs(logit)));
        }
        return lossSum;
    }

    @Override
    public void close() {
        resources.close();
    }
}
