package crosscut.launcher.options;

import crosscut.engine.config.LossScaling;
import crosscut.engine.config.OptimizerConfig;
import crosscut.engine.config.PlacementConfig;
import crosscut.engine.config.Precision;
import crosscut.engine.config.RunConfig;
import crosscut.engine.config.TrainingConfig;
import picocli.CommandLine.Option;

/** What to do, and for how long. */
@FlagGroup("Run")
final class RunOptions {

    @Option(names = "--mode", paramLabel = "MODE", defaultValue = "train",
            description = "train; eval: AUC and loss of a checkpoint; inference: latency and throughput. Default: ${DEFAULT-VALUE}")
    private RunConfig.Mode mode;

    @Option(names = "--batch_size", paramLabel = "N", defaultValue = "65536", description = "Global training batch. Default: ${DEFAULT-VALUE}")
    private int batchSize;

    @Option(names = "--valid_batch_size", paramLabel = "N", defaultValue = "65536",
            description = "Global batch of evaluation and inference. Default: ${DEFAULT-VALUE}")
    private int validBatchSize;

    @Option(names = "--epochs", paramLabel = "N", defaultValue = "1", description = "Passes over the train split. Default: ${DEFAULT-VALUE}")
    private int epochs;

    @Option(names = "--max_steps", paramLabel = "N", defaultValue = "-1",
            description = "train: stop after exactly so many steps, over all epochs, and evaluate; eval, inference: batches, in inference "
                    + "after 2 s of warm-up. -1: no limit (inference: 1000). Default: ${DEFAULT-VALUE}")
    private long maxSteps;

    @Option(names = "--evals_per_epoch", paramLabel = "N", defaultValue = "1",
            description = "Evaluations per epoch, evenly spaced, the last after its last step. Default: ${DEFAULT-VALUE}")
    private int evalsPerEpoch;

    @Option(names = "--auc_thresholds", paramLabel = "N", defaultValue = "8000",
            description = "Thresholds of the reference's approximate AUC, which is reported beside the exact one. Default: ${DEFAULT-VALUE}")
    private int aucThresholds;

    @Option(names = "--shuffle", arity = "1", defaultValue = "false",
            description = "Read the train split in another random order every epoch. Default: ${DEFAULT-VALUE}")
    private boolean shuffle;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0",
            description = "Seed of initial values, shuffling and synthetic samples. The same seed gives the same bits. Default: ${DEFAULT-VALUE}")
    private long seed;

    RunConfig.Mode mode() {
        return mode;
    }

    TrainingConfig toConfig(
            OptimizerConfig optimizer, Precision precision, LossScaling lossScaling, int printFreq, boolean embeddingZeros,
            PlacementConfig placement) {
        return new TrainingConfig(
                optimizer, precision, batchSize, validBatchSize, epochs, maxSteps, evalsPerEpoch, printFreq, seed, shuffle, aucThresholds, embeddingZeros,
                lossScaling, placement);
    }
}
