package crosscut.engine.train;

import crosscut.engine.data.BatchReader;
import crosscut.engine.data.BatchRing;
import crosscut.engine.data.SampleOrder;
import crosscut.engine.data.SampleSource;
import crosscut.engine.model.Dcnv2;
import crosscut.engine.progress.ProgressEvent;
import crosscut.engine.progress.ProgressListener;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.metric.ExactAuc;
import crosscut.kernels.metric.ThresholdAuc;

/** Scores a whole split, the partial last batch included. */
public final class Evaluator implements AutoCloseable {

    private static final long PROGRESS_NANOS = 300_000_000L;

    private final Stream stream;
    private final Dcnv2 model;
    private final SampleSource source;
    private final int aucThresholds;
    private final BatchRing ring;
    private final Operation decode;
    private final ScoreReader scores;
    private RawBatch batch;

    /**
     * Binds an evaluation.
     *
     * @param model the pass that computes; its batch size is the evaluation's; the caller closes it
     */
    public Evaluator(Device device, Dcnv2 model, SampleSource source, int aucThresholds) {
        this.stream = device.createStream("evaluation");
        this.model = model;
        this.source = source;
        this.aucThresholds = aucThresholds;
        this.ring = new BatchRing(device, source.layout(model.batchSize()));
        this.decode = model.decode(ring.layout(), () -> batch);
        this.scores = new ScoreReader(device, model.logits(), model.labels());
    }

    /**
     * Evaluates.
     *
     * @param step for the progress events: training steps done
     * @param maxBatches most batches to look at, -1 for all
     */
    public Evaluation evaluate(long step, long maxBatches, ProgressListener listener) {
        long start = System.nanoTime();
        long batches = (source.samples() + model.batchSize() - 1) / model.batchSize();
        long wanted = maxBatches < 0 ? batches : Math.min(batches, maxBatches);
        long samples = Math.min(source.samples(), wanted * model.batchSize());
        listener.on(new ProgressEvent.EvaluationStarted(step, samples));
        double lossSum = 0;
        long done = 0;
        long lastReport = start;
        ExactAuc exact = new ExactAuc();
        ThresholdAuc thresholds = new ThresholdAuc(aucThresholds);
        try (BatchReader reader = BatchReader.allSamples(source, SampleOrder.STORED, 0, ring.batches())) {
            for (long i = 0; i < wanted; i++) {
                int rows = forward(reader);
                lossSum += addScores(exact, thresholds, rows);
                done += rows;
                if (System.nanoTime() - lastReport > PROGRESS_NANOS) {
                    lastReport = System.nanoTime();
                    listener.on(new ProgressEvent.EvaluationProgress(step, done, samples));
                }
            }
            return new Evaluation(exact.result().value(), thresholds.result().value(), lossSum / done, done, (System.nanoTime() - start) / 1e9);
        }
    }

    private int forward(BatchReader reader) {
        batch = reader.next();
        decode.launch(stream);
        model.forward(stream);
        stream.synchronize();
        int rows = batch.rows();
        reader.release(batch);
        return rows;
    }

    private double addScores(ExactAuc exact, ThresholdAuc thresholds, int rows) {
        scores.read(rows);
        double lossSum = 0;
        for (int row = 0; row < rows; row++) {
            float logit = scores.scores()[row];
            boolean positive = scores.positive()[row];
            exact.add(logit, positive);
            thresholds.add(logit, positive);
            lossSum += Math.max(logit, 0) - (positive ? logit : 0) + Math.log1p(Math.exp(-Math.abs(logit)));
        }
        return lossSum;
    }

    @Override
    public void close() {
        scores.close();
        ring.close();
        stream.close();
    }
}
