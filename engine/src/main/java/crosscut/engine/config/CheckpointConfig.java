package crosscut.engine.config;

import crosscut.engine.UserException;
import java.nio.file.Path;

/**
 * What is saved and restored.
 *
 * @param savePath folder for checkpoints, null to save none
 * @param everySteps a checkpoint after every so many steps, 0 for one at the end only
 * @param keep how many of the newest checkpoints stay; the one with the best AUC stays beside them
 * @param restorePath a checkpoint, or a folder of checkpoints whose newest complete one is meant; null to start anew
 * @param weightsOnly take only the weights: a warm start with a fresh optimizer and schedule
 */
public record CheckpointConfig(Path savePath, long everySteps, int keep, Path restorePath, boolean weightsOnly) {

    public CheckpointConfig {
        if (everySteps < 0) {
            throw new UserException("--checkpoint_every_steps " + everySteps + " must be 0 or more");
        }
        if (everySteps > 0 && savePath == null) {
            throw new UserException("--checkpoint_every_steps " + everySteps + " needs --save_checkpoint_path DIR");
        }
        if (keep < 1) {
            throw new UserException("--keep_checkpoints " + keep + " must be at least 1");
        }
        if (weightsOnly && restorePath == null) {
            throw new UserException("--restore_weights_only needs --restore_checkpoint_path PATH");
        }
    }
}
