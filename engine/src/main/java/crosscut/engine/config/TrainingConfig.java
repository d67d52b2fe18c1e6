package crosscut.engine.config;

import crosscut.engine.UserException;

/**
 * How a model is trained and evaluated.
 *
 * @param optimizer optimizer and schedule
 * @param precision type of activations
 * @param batchSize global training batch
 * @param validBatchSize global evaluation batch
 * @param epochs passes over the train split
 * @param maxSteps train: steps in all, over all epochs; evaluation: batches; -1 for no limit
 * @param evalsPerEpoch evaluations per epoch, evenly spaced, the last after the last step
 * @param printFreq steps between reports
 * @param seed of initial values, shuffling and synthetic data
 * @param shuffle whether every epoch reads the train split in another random order
 * @param aucThresholds buckets of the reference's approximate AUC
 * @param embeddingZeros whether tables start at zero
 * @param lossScaling used with a precision that needs it
 * @param placement where the embedding tables are
 */
public record TrainingConfig(
        OptimizerConfig optimizer,
        Precision precision,
        int batchSize,
        int validBatchSize,
        int epochs,
        long maxSteps,
        int evalsPerEpoch,
        int printFreq,
        long seed,
        boolean shuffle,
        int aucThresholds,
        boolean embeddingZeros,
        LossScaling lossScaling,
        PlacementConfig placement) {

    /** Far above any batch that trains well. */
    private static final int LARGEST_BATCH = 1 << 24;

    public TrainingConfig {
        requireBatchSize("--batch_size", batchSize);
        requireBatchSize("--valid_batch_size", validBatchSize);
        requireAtLeastOne("--epochs", epochs);
        requireAtLeastOne("--evals_per_epoch", evalsPerEpoch);
        requireAtLeastOne("--print_freq", printFreq);
        if (aucThresholds < 2) {
            throw new UserException("--auc_thresholds " + aucThresholds + " must be at least 2");
        }
        if (maxSteps < -1 || maxSteps == 0) {
            throw new UserException("--max_steps " + maxSteps + " must be at least 1, or -1 for no limit");
        }
    }

    /** The same with tables elsewhere. */
    public TrainingConfig withPlacement(PlacementConfig other) {
        return new TrainingConfig(optimizer, precision, batchSize, validBatchSize, epochs, maxSteps, evalsPerEpoch, printFreq, seed, shuffle, aucThresholds,
                embeddingZeros, lossScaling, other);
    }

    private static void requireBatchSize(String flag, int value) {
        requireAtLeastOne(flag, value);
        if (value > LARGEST_BATCH) {
            throw new UserException(flag + " " + value + " must be at most " + LARGEST_BATCH);
        }
    }

    private static void requireAtLeastOne(String flag, int value) {
        if (value < 1) {
            throw new UserException(flag + " " + value + " must be at least 1");
        }
    }
}
