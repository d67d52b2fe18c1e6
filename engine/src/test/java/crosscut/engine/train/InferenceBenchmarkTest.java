package crosscut.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.engine.TestModels;
import crosscut.engine.UserException;
import crosscut.engine.config.DatasetConfig.SyntheticLabels;
import crosscut.engine.config.ModelFlags;
import crosscut.engine.config.PlacementConfig;
import crosscut.engine.config.Precision;
import crosscut.engine.data.FeatureSpec;
import crosscut.engine.data.FeatureSpecReader;
import crosscut.engine.data.Fingerprint;
import crosscut.engine.data.SampleOrder;
import crosscut.engine.data.SampleSource;
import crosscut.engine.data.SyntheticDataset;
import crosscut.engine.model.Dcnv2;
import crosscut.engine.model.ModelParameters;
import crosscut.engine.parallel.World;
import crosscut.engine.progress.ProgressEvent;
import crosscut.engine.progress.ProgressListener;
import crosscut.kernels.batch.ColumnExtent;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.device.Device;
import crosscut.kernels.embedding.Pooling;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches that the thread that scores reads itself, and larger ones that a thread of their own reads: nobody can tell by the results. */
class InferenceBenchmarkTest {

    private static final int SAMPLES = 900;

    /** 14 bytes a sample: 126 and 4,200 a batch. */
    private static final int FEW_ROWS = 9;
    private static final int MANY_ROWS = 300;

    @TempDir
    private Path folder;

    private final StopRequest stop = new StopRequest();
    private SyntheticDataset dataset;
    private Device device;
    private ModelParameters parameters;

    @BeforeEach
    void bind() throws IOException {
        TestModels.writeFeatureSpec(folder);
        FeatureSpec spec = FeatureSpecReader.read(folder.resolve("feature_spec.yaml"));
        dataset = SyntheticDataset.create(folder, spec, 5, SyntheticLabels.PLANTED, 1, SAMPLES);
        device = TestModels.device(2);
        parameters = ModelParameters.allocate(device, new ModelFlags("4,8,5", List.of(8, 4), List.of(16, 1), 2, 3, true, Pooling.MEAN).resolve(spec),
                Precision.FP32, null, World.single(), PlacementConfig.DEFAULT);
        parameters.initialize(5, false);
    }

    @AfterEach
    void close() {
        parameters.close();
        device.close();
        dataset.close();
    }

    /** The test split, watched and, where a test says so, spoilt. */
    private final class WatchedSource implements SampleSource {

        private final SampleSource split = dataset.split(FeatureSpec.TEST);
        private final Consumer<RawBatch> afterRead;
        private final Set<String> readers = new ConcurrentSkipListSet<>();
        private final AtomicInteger reads = new AtomicInteger();

        WatchedSource(Consumer<RawBatch> afterRead) {
            this.afterRead = afterRead;
        }

        @Override
        public void read(SampleOrder order, RawBatch target) {
            split.read(order, target);
            readers.add(Thread.currentThread().getName());
            reads.incrementAndGet();
            afterRead.accept(target);
        }

        @Override
        public String split() {
            return split.split();
        }

        @Override
        public long samples() {
            return split.samples();
        }

        @Override
        public RawBatchLayout layout(int batchSize) {
            return split.layout(batchSize);
        }

        @Override
        public Fingerprint fingerprint() {
            return split.fingerprint();
        }

        @Override
        public void close() {
            split.close();
        }
    }

    private Map<String, Object> run(SampleSource source, int rows, long batches, ProgressListener listener) {
        try (Dcnv2 pass = parameters.inferencePass(device, rows)) {
            return new InferenceBenchmark(device, pass, source, listener, stop).run(batches);
        }
    }

    private double evaluatedAuc(int rows, int batches) {
        try (Dcnv2 pass = parameters.inferencePass(device, rows);
                Evaluator evaluator = new Evaluator(device, World.single(), parameters.input(), pass, dataset.split(FeatureSpec.TEST), 8000)) {
            return evaluator.evaluate(0, batches, _ -> {}, () -> false).auc();
        }
    }

    /** Fewer batches than the split has: they are an evaluation's only if the data starts over after the warm-up, whose scores are not among them. */
    @ParameterizedTest
    @ValueSource(ints = {FEW_ROWS, MANY_ROWS})
    void whoeverReadsTheScoresAreThoseOfAnEvaluation(int rows) {
        WatchedSource source = new WatchedSource(_ -> {});
        int batches = 2 * SAMPLES / 3 / rows;
        Map<String, Object> results = run(source, rows, batches, _ -> {});
        assertThat(results).containsEntry("auc", evaluatedAuc(rows, batches)).containsEntry("measured_batches", Math.max(batches - 10, 1));
        assertThat(source.readers).containsExactly(rows == FEW_ROWS ? Thread.currentThread().getName() : "batch reader test");
    }

    @Test
    void everyBatchThatRanIsCountedAsMeasuredOrAsWarmUp() {
        WatchedSource source = new WatchedSource(_ -> {});
        Map<String, Object> results = run(source, FEW_ROWS, 250, _ -> {});
        assertThat(results).containsEntry("measured_batches", 240);
        assertThat((int) results.get("warmup_batches")).isGreaterThan(10).isEqualTo(source.reads.get() - 240);
    }

    @ParameterizedTest
    @ValueSource(ints = {FEW_ROWS, MANY_ROWS})
    void aBadIdIsLocatedInTheData(int rows) {
        int badSample = 607;
        WatchedSource source = new WatchedSource(batch -> {
            long row = badSample - batch.firstSample(ColumnExtent.SHARE);
            if (row >= 0 && row < batch.rows()) {
                batch.categorical(1).setAtIndex(ValueLayout.JAVA_SHORT, row, (short) 300);
            }
        });
        assertThatThrownBy(() -> run(source, rows, 1000, _ -> {})).isInstanceOf(UserException.class)
                .hasMessage("test, sample 607: id 300 is outside [0, 300), the cardinality that the feature spec gives");
    }

    @Test
    void itStopsInTheWarmUpAfterTheBatchAtWork() {
        AtomicInteger left = new AtomicInteger(5);
        WatchedSource source = new WatchedSource(_ -> {
            if (left.decrementAndGet() == 0) {
                stop.request();
            }
        });
        assertThat(run(source, FEW_ROWS, 1000, _ -> {})).isNull();
        assertThat(source.reads).hasValue(5);
    }

    @Test
    void itStopsWhileItMeasures() {
        assertThat(run(new WatchedSource(_ -> {}), FEW_ROWS, 10_000_000, event -> {
            if (event instanceof ProgressEvent.EvaluationProgress) {
                stop.request();
            }
        })).isNull();
    }
}
