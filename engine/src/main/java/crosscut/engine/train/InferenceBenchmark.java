package crosscut.engine.train;

import crosscut.engine.UserException;
import crosscut.engine.data.SampleSource;
import crosscut.engine.model.Dcnv2;
import crosscut.engine.progress.ProgressEvent;
import crosscut.engine.progress.ProgressListener;
import crosscut.kernels.device.Device;
import crosscut.kernels.metric.ExactAuc;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Latency and throughput of the forward pass. One latency is the wall time from asking for a batch of whole {@code valid_batch_size} to having its logits on the
 * host; the data starts over where it ends.
 *
 * <p>Batches are scored for {@value #WARMUP_SECONDS} s first, in addition to those asked for: until then code is compiled, on processors that the pass needs.
 * Then the data starts over and the batches asked for are scored, of which the first {@value #UNCOUNTED_BATCHES} latencies do not count, as in the reference.
 * The AUC is that of all batches asked for and of no others, so that it does not depend on how many the warm-up got through.
 */
final class InferenceBenchmark {

    /** The reference's default for {@code max_steps} in this mode. */
    private static final long DEFAULT_BATCHES = 1000;

    private static final long MOST_BATCHES = 10_000_000;

    private static final int WARMUP_SECONDS = 2;

    /** Latencies at the start that the reference leaves out. */
    private static final int UNCOUNTED_BATCHES = 10;

    private static final long PROGRESS_NANOS = 300_000_000L;

    private final Device device;
    private final Dcnv2 model;
    private final SampleSource source;
    private final ProgressListener listener;
    private final StopRequest stop;
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
     * @param maxBatches batches to run after the warm-up; -1 for the default of 1000
     * @return the results by the names that the log uses, latencies in seconds; null when it was asked to stop and did so before the end
     */
    Map<String, Object> run(long maxBatches) {
        if (maxBatches > MOST_BATCHES) {
            throw new UserException("--max_steps " + maxBatches + ": --mode inference keeps every latency and measures at most " + MOST_BATCHES + " batches");
        }
        int batches = (int) (maxBatches < 0 ? DEFAULT_BATCHES : maxBatches);
        int uncounted = Math.min(UNCOUNTED_BATCHES, batches - 1);
        double[] seconds = new double[batches];
        listener.on(new ProgressEvent.EvaluationStarted(0, (long) batches * model.batchSize()));
        ExactAuc exact = new ExactAuc();
        try (TimedScoring scoring = new TimedScoring(device, model, source)) {
            int warmup = warmUp(scoring);
            scoring.startOver();
            for (int i = 0; i < batches && !stop.isRequested(); i++) {
                seconds[i] = scoring.scoreNext();
                addScores(exact, scoring.scores());
                report(i + 1L, batches);
            }
            return stop.isRequested() ? null : results(Arrays.copyOfRange(seconds, uncounted, batches), warmup + uncounted, exact.result().value());
        }
    }

    /** Runs all that a batch takes, so that it is all compiled; returns how many batches that were. */
    private int warmUp(TimedScoring scoring) {
        long end = System.nanoTime() + WARMUP_SECONDS * 1_000_000_000L;
        ExactAuc unused = new ExactAuc();
        int done = 0;
        while (System.nanoTime() < end && !stop.isRequested()) {
            scoring.scoreNext();
            addScores(unused, scoring.scores());
            done++;
        }
        return done;
    }

    /** Now and then: an event for each batch would be most of what a small model allocates. */
    private void report(long done, long wanted) {
        long now = System.nanoTime();
        if (done == wanted || now - lastReport > PROGRESS_NANOS) {
            lastReport = now;
            listener.on(new ProgressEvent.EvaluationProgress(0, done * model.batchSize(), wanted * model.batchSize()));
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
