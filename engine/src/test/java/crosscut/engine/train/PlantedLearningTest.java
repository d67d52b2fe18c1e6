package crosscut.engine.train;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.engine.TestModels;
import crosscut.engine.config.LossScaling;
import crosscut.engine.config.CheckpointConfig;
import crosscut.engine.config.DatasetConfig;
import crosscut.engine.config.DatasetConfig.SyntheticLabels;
import crosscut.engine.config.ModelFlags;
import crosscut.engine.config.OptimizerConfig;
import crosscut.engine.config.PlacementConfig;
import crosscut.engine.config.Precision;
import crosscut.engine.config.RunConfig;
import crosscut.engine.config.TrainingConfig;
import crosscut.engine.data.FeatureSpec;
import crosscut.engine.data.FeatureSpecReader;
import crosscut.engine.data.SyntheticDataset;
import crosscut.engine.progress.ProgressEvent;
import crosscut.kernels.device.Device;
import crosscut.kernels.embedding.Pooling;
import crosscut.kernels.optimizer.UpdateRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole learns what can be learnt: labels of a hidden teacher whose best AUC is known. The feature spec at the root is the large version of this. */
class PlantedLearningTest {

    private static final long SEED = 1;
    private static final int TRAIN_SAMPLES = 400_000;
    private static final int TEST_SAMPLES = 40_000;
    private static final int BATCH = 1000;

    @TempDir
    private Path folder;

    @Test
    void theTestAucGetsAtLeast95PercentOfTheWayFromChanceToTheBayesAuc() throws IOException {
        Path file = Files.writeString(folder.resolve("feature_spec.yaml"), """
                channel_spec: {categorical: [color, shop, city, word], numerical: [price, age, weight], label: [clicked]}
                feature_spec:
                  color: {alpha: 1.45, cardinality: 5, dtype: int32, hotness: 1}
                  shop: {alpha: 1.45, cardinality: 200, dtype: int32, hotness: 1}
                  city: {alpha: 1.45, cardinality: 3000, dtype: int32, hotness: 1}
                  word: {alpha: 1.45, cardinality: 40, dtype: int32, hotness: 1}
                  price: {dtype: float16}
                  age: {dtype: float16}
                  weight: {dtype: float16}
                  clicked: {dtype: int8}
                source_spec: null
                """);
        double reachable = bayesAuc(file) - .5;
        assertThat(reachable).as("there is something to learn").isGreaterThan(.1);
        assertThat((trainedAuc() - .5) / reachable).as("share of the way to the Bayes AUC").isBetween(.95, 1.02);
    }

    private static double bayesAuc(Path file) {
        FeatureSpec spec = FeatureSpecReader.read(file);
        try (SyntheticDataset dataset = SyntheticDataset.create(file, spec, SEED, SyntheticLabels.PLANTED, TRAIN_SAMPLES, TEST_SAMPLES)) {
            return dataset.bayesAuc();
        }
    }

    private double trainedAuc() {
        int steps = TRAIN_SAMPLES / BATCH;
        OptimizerConfig optimizer = new OptimizerConfig(UpdateRule.Kind.ADAM, 0.01, 0.9, 0.999, OptimizerConfig.DEFAULT_EPSILON, 20, steps / 2, steps / 2);
        TrainingConfig training = new TrainingConfig(optimizer, Precision.FP32, BATCH, BATCH, 1, -1, 1, 100, SEED, false, 8000, false, LossScaling.NONE, PlacementConfig.DEFAULT);
        DatasetConfig dataset = new DatasetConfig(folder, "feature_spec.yaml", DatasetConfig.Type.SYNTHETIC, SyntheticLabels.PLANTED, TRAIN_SAMPLES, TEST_SAMPLES,
                FeatureSpec.TEST);
        ModelFlags model = new ModelFlags("8", List.of(32, 8), List.of(64, 32, 1), 2, 16, true, Pooling.SUM);
        RunConfig config = new RunConfig(RunConfig.Mode.TRAIN, dataset, model, training, new CheckpointConfig(null, 0, 1, null, false), Map.of());
        List<ProgressEvent> events = new ArrayList<>();
        try (Device device = TestModels.device(2)) {
            assertThat(new Run(config, device, events::add, new StopRequest()).execute()).isTrue();
        }
        assertThat(events).anySatisfy(event -> assertThat(event.toString()).contains("Bayes AUC on test"));
        return (double) ((ProgressEvent.RunFinished) events.getLast()).results().get("auc");
    }
}
