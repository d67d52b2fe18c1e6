package crosscut.engine.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import crosscut.engine.TestModels;
import crosscut.engine.config.LossScaling;
import crosscut.engine.config.DatasetConfig.SyntheticLabels;
import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.ModelFlags;
import crosscut.engine.config.OptimizerConfig;
import crosscut.engine.config.PlacementConfig;
import crosscut.engine.config.Precision;
import crosscut.engine.config.TrainingConfig;
import crosscut.engine.data.BatchReader;
import crosscut.engine.data.BatchRing;
import crosscut.engine.data.FeatureSpec;
import crosscut.engine.data.FeatureSpecReader;
import crosscut.engine.data.SampleOrder;
import crosscut.engine.data.SampleSource;
import crosscut.engine.data.ShuffledOrder;
import crosscut.engine.data.SyntheticDataset;
import crosscut.engine.model.ModelParameters;
import crosscut.engine.parallel.World;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.device.Device;
import crosscut.kernels.embedding.Pooling;
import crosscut.kernels.optimizer.UpdateRule;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Once warm, a training step allocates nothing on the Java heap: not the thread that trains, not the workers, not the thread that reads ahead. */
class StepAllocationTest {

    private static final int BATCH = 64;

    /** Until the compiler has taken over from the interpreter, whose boxes and vectors are objects. */
    private static final int MOST_WARMUP_STEPS = 20_000;
    private static final int MEASURED_STEPS = 50;
    private static final String OWN_THREADS = "crosscut-worker-.*|batch reader .*";

    @TempDir
    private Path folder;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @CsvSource({"1, FP32, ADAM, SUM", "3, FP32, SGD, MEAN", "2, BF16, ADAM, SUM"})
    void afterWarmUp(int workers, Precision precision, UpdateRule.Kind optimizer, Pooling pooling) throws IOException {
        FeatureSpec spec = FeatureSpecReader.read(Files.writeString(folder.resolve("feature_spec.yaml"), """
                channel_spec: {categorical: [color, shop], numerical: [price, age], label: [clicked]}
                feature_spec:
                  color: {cardinality: 9, dtype: int32, hotness: 1}
                  shop: {alpha: 1.2, cardinality: 4000, dtype: int32, hotness: 3}
                  price: {dtype: float16}
                  age: {dtype: float16}
                  clicked: {dtype: int8}
                source_spec: null
                """));
        OptimizerConfig rule = new OptimizerConfig(optimizer, 1e-4, 0.9, 0.999, OptimizerConfig.DEFAULT_EPSILON, 3, 100, 1_000_000);
        TrainingConfig config = new TrainingConfig(rule, precision, BATCH, BATCH, 1, -1, 1, 10, 1, true, 8000, false, LossScaling.NONE, PlacementConfig.DEFAULT);
        ModelConfig model = new ModelFlags("8,5", List.of(16, 8), List.of(16, 1), 2, 4, true, pooling).resolve(spec);
        long samples = (MOST_WARMUP_STEPS + MEASURED_STEPS) * (long) BATCH;
        try (SyntheticDataset dataset = SyntheticDataset.create(folder, spec, 1, SyntheticLabels.PLANTED, samples, 1);
                Device device = TestModels.device(workers);
                ModelParameters parameters = ModelParameters.allocate(device, model, precision, config.optimizer(), World.single(), config.placement())) {
            parameters.initialize(1, false);
            SampleSource source = dataset.split(FeatureSpec.TRAIN);
            try (BatchRing ring = new BatchRing(device, source.layout(BATCH)); Trainer trainer = new Trainer(device, parameters, config, ring.layout(), 0);
                    BatchReader reader = BatchReader.wholeBatches(source, order(source), 0, ring.batches())) {
                measure(trainer, reader);
            }
        }
    }

    private static SampleOrder order(SampleSource source) {
        return new ShuffledOrder(source.samples(), 1, 0);
    }

    /** Warms up until a stretch of steps allocates nothing; fails with what the last one allocated when none does. */
    private void measure(Trainer trainer, BatchReader reader) {
        train(trainer, reader);
        long[] ids = Arrays.stream(threads.getAllThreadIds()).filter(this::isOurs).toArray();
        long[] before = new long[ids.length];
        long[] after = new long[ids.length];
        boolean allocates = true;
        for (int step = MEASURED_STEPS; step < MOST_WARMUP_STEPS && allocates; step += MEASURED_STEPS) {
            readAllocatedBytes(ids, before);
            train(trainer, reader);
            readAllocatedBytes(ids, after);
            allocates = !Arrays.equals(before, after);
        }
        assertThat(growth(ids, before, after)).as("bytes by thread in %d steps", MEASURED_STEPS).isEmpty();
    }

    private static void train(Trainer trainer, BatchReader reader) {
        for (int step = 0; step < MEASURED_STEPS; step++) {
            RawBatch batch = reader.next();
            trainer.step(batch);
            reader.release(batch);
        }
    }

    private boolean isOurs(long id) {
        return id == Thread.currentThread().threadId() || threads.getThreadInfo(id) != null && threads.getThreadInfo(id).getThreadName().matches(OWN_THREADS);
    }

    /** Allocates nothing itself. */
    private void readAllocatedBytes(long[] ids, long[] bytes) {
        for (int thread = 0; thread < ids.length; thread++) {
            bytes[thread] = threads.getThreadAllocatedBytes(ids[thread]);
        }
    }

    private Map<String, Long> growth(long[] ids, long[] before, long[] after) {
        Map<String, Long> growth = new TreeMap<>();
        for (int thread = 0; thread < ids.length; thread++) {
            if (after[thread] != before[thread]) {
                growth.put(threads.getThreadInfo(ids[thread]).getThreadName(), after[thread] - before[thread]);
            }
        }
        return growth;
    }
}
