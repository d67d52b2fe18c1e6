package crosscut.engine.train;

import crosscut.engine.TestModels;
import crosscut.engine.config.LossScaling;
import crosscut.engine.config.CheckpointConfig;
import crosscut.engine.config.DatasetConfig;
import crosscut.engine.config.ModelFlags;
import crosscut.engine.config.OptimizerConfig;
import crosscut.engine.config.PlacementConfig;
import crosscut.engine.config.Precision;
import crosscut.engine.config.RunConfig;
import crosscut.engine.config.TrainingConfig;
import crosscut.engine.progress.ProgressEvent;
import crosscut.kernels.device.Device;
import crosscut.kernels.embedding.Pooling;
import crosscut.kernels.optimizer.UpdateRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The process that {@link KilledTrainingTest} kills: a small training that writes a checkpoint every few steps and continues from the newest one it finds.
 * Arguments: data folder, checkpoint folder, steps.
 */
public final class KilledTraining {

    /** Printed when the first step of this life is done, so that the killer's clock starts with the training and not with the JVM. */
    static final String STARTED = "training";

    private static final int CHECKPOINT_EVERY_STEPS = 4;

    private KilledTraining() {}

    public static void main(String[] arguments) {
        Path data = Path.of(arguments[0]);
        Path checkpoints = Path.of(arguments[1]);
        try (Device device = TestModels.device(2)) {
            new Run(config(data, checkpoints, Long.parseLong(arguments[2])), device, KilledTraining::announce, new StopRequest()).execute();
        }
    }

    private static void announce(ProgressEvent event) {
        if (event instanceof ProgressEvent.StepReport) {
            System.out.println(STARTED);
        }
    }

    private static RunConfig config(Path data, Path checkpoints, long steps) {
        DatasetConfig dataset = new DatasetConfig(data, "feature_spec.yaml", DatasetConfig.Type.SYNTHETIC, DatasetConfig.SyntheticLabels.PLANTED, 32 * 100, 64,
                "test");
        ModelFlags model = new ModelFlags("4", List.of(8, 4), List.of(8, 1), 2, 3, true, Pooling.SUM);
        OptimizerConfig optimizer = new OptimizerConfig(UpdateRule.Kind.ADAM, 0.005, 0.9, 0.999, OptimizerConfig.DEFAULT_EPSILON, 3, 100_000, 1000);
        TrainingConfig training = new TrainingConfig(optimizer, Precision.FP32, 32, 64, 1_000_000, steps, 1, 1, 5, true, 8000, false, LossScaling.NONE, PlacementConfig.DEFAULT);
        Path restore = Files.isDirectory(checkpoints) && hasCheckpoint(checkpoints) ? checkpoints : null;
        return new RunConfig(RunConfig.Mode.TRAIN, dataset, model, training, new CheckpointConfig(checkpoints, CHECKPOINT_EVERY_STEPS, 3, restore, false), Map.of());
    }

    private static boolean hasCheckpoint(Path checkpoints) {
        String[] names = checkpoints.toFile().list((_, name) -> name.startsWith("checkpoint-"));
        return names != null && names.length > 0;
    }
}
