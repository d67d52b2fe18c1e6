package crosscut.bench.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.engine.config.CheckpointConfig;
import crosscut.engine.config.DatasetConfig;
import crosscut.engine.config.LossScaling;
import crosscut.engine.config.ModelFlags;
import crosscut.engine.config.OptimizerConfig;
import crosscut.engine.config.PlacementConfig;
import crosscut.engine.config.Precision;
import crosscut.engine.config.RunConfig;
import crosscut.engine.config.TrainingConfig;
import crosscut.engine.data.FeatureSpecWriter;
import crosscut.engine.data.tools.SyntheticVariant;
import crosscut.engine.parallel.World;
import crosscut.engine.train.Run;
import crosscut.engine.train.StopRequest;
import crosscut.kernels.device.CpuDevice;
import crosscut.kernels.device.Device;
import crosscut.kernels.embedding.Pooling;
import crosscut.kernels.gemm.CpuMatrixProducts;
import crosscut.kernels.gemm.MatrixLibrary;
import crosscut.kernels.optimizer.UpdateRule;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class RaceTurnsTest {

    private static final JsonMapper JSON = new JsonMapper();

    @TempDir
    private Path folder;

    @Test
    void trainsWhenItIsToldToAndAnswersAfterEachTurn() {
        List<String> answers = race("steps 3\nseconds 0.05\nsteps 2\nquit\n");
        assertThat(answers).hasSize(3);
        assertThat(JSON.readTree(answers.get(0)).get("steps").asInt()).isEqualTo(3);
        assertThat(JSON.readTree(answers.get(0)).get("losses")).hasSize(3);
        JsonNode timed = JSON.readTree(answers.get(1));
        assertThat(timed.get("steps").asInt()).isPositive();
        assertThat(timed.get("seconds").asDouble()).as("without the evaluations of every other step").isPositive();
        assertThat(JSON.readTree(answers.get(2)).get("steps").asInt()).isEqualTo(2);
    }

    @Test
    void theEndOfTheCommandsIsTheEndOfTheTraining() {
        assertThat(race("steps 1\n")).hasSize(1);
    }

    private List<String> race(String commands) {
        FeatureSpecWriter.write(SyntheticVariant.SMALL_SYNTHETIC.spec(0.01), folder.resolve("feature_spec.yaml"));
        ByteArrayOutputStream answers = new ByteArrayOutputStream();
        StopRequest stop = new StopRequest();
        try (Device device = CpuDevice.open(1, pool -> CpuMatrixProducts.open(pool, MatrixLibrary.AUTO));
                RaceTurns turns = new RaceTurns(new BufferedReader(new StringReader(commands)), new PrintStream(answers, true, StandardCharsets.UTF_8), device,
                        stop)) {
            new Run(config(), device, World.single(), turns, stop, turns).execute();
        }
        return answers.toString(StandardCharsets.UTF_8).lines().toList();
    }

    /** Two steps an epoch, so that evaluations fall into the turns. */
    private RunConfig config() {
        OptimizerConfig adam = new OptimizerConfig(UpdateRule.Kind.ADAM, 1e-3, 0.9, 0.999, OptimizerConfig.DEFAULT_EPSILON, 0, 1_000_000, 1);
        TrainingConfig training = new TrainingConfig(adam, Precision.FP32, 64, 64, 1_000_000, -1, 1, 1, 1, false, 100, false, LossScaling.NONE, PlacementConfig.DEFAULT);
        DatasetConfig data = new DatasetConfig(folder, "feature_spec.yaml", DatasetConfig.Type.SYNTHETIC, DatasetConfig.SyntheticLabels.PLANTED, 128, 64,
                "test");
        ModelFlags model = new ModelFlags("4", List.of(8, 4), List.of(8, 1), 1, 2, true, Pooling.SUM);
        return new RunConfig(RunConfig.Mode.TRAIN, data, model, training, new CheckpointConfig(null, 0, 1, null, false), Map.of());
    }
}
