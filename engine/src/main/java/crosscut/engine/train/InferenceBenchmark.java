package crosscut.engine.train;

import crosscut.engine.UserException;
import crosscut.engine.data.BatchReader;
import crosscut.engine.data.BatchRing;
import crosscut.engine.data.SampleOrder;
import crosscut.engine.data.SampleSource;
import crosscut.engine.model.Dcnv2;
import crosscut.engine.progress.ProgressEvent;
import crosscut.engine.progress.ProgressListener;
import crosscut.kernels.batch.Decoder;
import crosscut.kernels.batch.InvalidSampleException;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.metric.ExactAuc;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Latency and throughput of the forward pass. One latency is the wall time from asking for a batch of whole {@code valid_batch_size} to having its logits on the
 * host; the data starts over where it ends.
 */
final class InferenceBenchmark {

    /** The reference's default for {@code max_steps} in this mode. */
    private static final long DEFAULT_BATCHES = 1000;

    private static final long MOST_BATCHES = 10_000_000;

    /** Latencies at the start that do not count: code is still being compiled and caches are cold. */
    private static final int WARMUP_BATCHES = 10;

    private static final long PROGRESS_NANOS = 300_000_000L;

    private final Device device;
    private final Dcnv2 model;
    private final SampleSource source;
    private final ProgressListener listener;
    private final StopRequest stop;
    private RawBatch batch;
    private long lastReport = System.nanoTime();

    InferenceBenchmark(Device device, Dcnv2 model, SampleSource source, ProgressListener listener, StopRequest stop) {
        this.device = device;
        this.model = model;
        this.source = source;
        this.listener = listener;
        this.stop = stop;
    }

    /**
     * Runs the benchmark.
     *
     * @param maxBatches batches to run, warm-up included; -1 for the default of 1000
     * @return the results by the names that the log uses, latencies in seconds; null when it was asked to stop and did so before the end
     */
    Map<String, Object> run(long maxBatches) {
        if (maxBatches > MOST_BATCHES) {
            throw new UserException("--max_steps " + maxBatches + ": --mode inference keeps every latency and measures at most " + MOST_BATCHES + " batches");
        }
        int batches = (int) (maxBatches < 0 ? DEFAULT_BATCHES : maxBatches);
        int warmup = Math.min(WARMUP_BATCHES, batches - 1);
        double[] seconds = new double[batches];
        listener.on(new ProgressEvent.EvaluationStarted(0, (long) batches * model.batchSize()));
        ExactAuc exact = new ExactAuc();
        try (Stream stream = device.createStream("inference"); ScoreReader scores = new ScoreReader(device, model.logits(), model.labels());
                BatchRing ring = new BatchRing(device, source.layout(model.batchSize()));
                Decoder decoder = model.decoder(ring.layout(), () -> batch)) {
            model.takeWeights(stream);
            Operation scoring = device.capture("inference", stream, main -> launch(decoder, main));
            int done = 0;
            while (done < batches && !stop.isRequested()) {
                done = runOverData(stream, ring, decoder, scoring, scores, exact, seconds, done);
            }
        }
        if (stop.isRequested()) {
            return null;
        }
        return results(Arrays.copyOfRange(seconds, warmup, batches), warmup, exact.result().value());
    }

    private int runOverData(
            Stream stream, BatchRing ring, Decoder decoder, Operation scoring, ScoreReader scores, ExactAuc exact, double[] seconds, int first) {
        long wholeBatches = source.samples() / model.batchSize();
        int end = (int) Math.min(seconds.length, first + wholeBatches);
        try (BatchReader reader = BatchReader.wholeBatches(source, SampleOrder.STORED, 0, ring.batches())) {
            for (int i = first; i < end && !stop.isRequested(); i++) {
                long start = System.nanoTime();
                batch = reader.next();
                forward(decoder, scoring, stream, reader);
                scores.read(batch.rows());
                seconds[i] = (System.nanoTime() - start) / 1e9;
                reader.release(batch);
                addScores(exact, scores);
                report(i + 1L, seconds.length);
            }
        }
        return end;
    }

    /** Now and then: an event for each batch would be most of what a small model allocates. */
    private void report(long done, long wanted) {
        long now = System.nanoTime();
        if (done == wanted || now - lastReport > PROGRESS_NANOS) {
            lastReport = now;
            listener.on(new ProgressEvent.EvaluationProgress(0, done * model.batchSize(), wanted * model.batchSize()));
        }
    }

    /** From decoding to the logits; the device records it once and replays it. */
    private void launch(Decoder decoder, Stream main) {
        decoder.decode().launch(main);
        model.score(main);
    }

    private void forward(Decoder decoder, Operation scoring, Stream stream, BatchReader reader) {
        try {
            decoder.upload(stream);
            scoring.launch(stream);
            stream.synchronize();
            decoder.check();
        } catch (InvalidSampleException failure) {
            throw reader.located(failure);
        }
    }

    private void addScores(ExactAuc exact, ScoreReader scores) {
        for (int row = 0; row < model.batchSize(); row++) {
            exact.add(scores.scores()[row], scores.positive()[row]);
        }
    }

    private Map<String, Object> results(double[] seconds, int warmup, double auc) {
        LatencyStatistics latency = new LatencyStatistics(seconds);
        Map<String, Object> results = new LinkedHashMap<>();
        results.put("mean_inference_throughput", model.batchSize() / latency.mean());
        results.put("mean_inference_latency", latency.mean());
        results.put("p50_inference_latency", latency.percentile(0.50));
        results.put("p90_inference_latency", latency.percentile(0.90));
        results.put("p95_inference_latency", latency.percentile(0.95));
        results.put("p99_inference_latency", latency.percentile(0.99));
        results.put("batch_size", model.batchSize());
        results.put("measured_batches", seconds.length);
        results.put("warmup_batches", warmup);
        results.put("auc", auc);
        return results;
    }
}
