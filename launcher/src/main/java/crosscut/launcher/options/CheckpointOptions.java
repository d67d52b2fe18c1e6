package crosscut.launcher.options;

import crosscut.engine.UserException;
import crosscut.engine.config.CheckpointConfig;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What is saved and restored. */
@FlagGroup("Checkpoints")
public final class CheckpointOptions {

    @Option(names = "--save_checkpoint_path", paramLabel = "DIR", description = "Folder for checkpoints. Default: none is written.")
    private Path savePath;

    @Option(names = "--checkpoint_every_steps", paramLabel = "N", defaultValue = "0",
            description = "A checkpoint after every N steps; 0: one at the end. Default: ${DEFAULT-VALUE}")
    private long everySteps;

    @Option(names = "--keep_checkpoints", paramLabel = "N", defaultValue = "3",
            description = "How many of the newest checkpoints stay; the one with the best AUC stays beside them. Default: ${DEFAULT-VALUE}")
    private int keep;

    @Option(names = "--restore_checkpoint_path", paramLabel = "PATH",
            description = "A checkpoint, or a folder of checkpoints whose newest complete one is taken. train goes on from it as if never interrupted.")
    private Path restorePath;

    @Option(names = "--restore_weights_only", arity = "1", defaultValue = "false",
            description = "Take only the weights: a warm start with a fresh optimizer and schedule, as the reference restores. Default: ${DEFAULT-VALUE}")
    private boolean weightsOnly;

    @Option(names = "--max_restarts", paramLabel = "K", defaultValue = "0",
            description = "When a rank dies, start all again, up to K times, from the newest checkpoint that this run has written, or from its beginning. Not "
                    + "after a mistake in flags or data. Default: ${DEFAULT-VALUE}")
    private int maxRestarts;

    /** How often a failed run is started again. */
    public int maxRestarts() {
        return maxRestarts;
    }

    /** Folder for checkpoints; empty where none is written. */
    public Optional<Path> savePath() {
        return Optional.ofNullable(savePath);
    }

    /**
     * Makes sure that the values can be meant.
     *
     * @throws UserException naming the flag
     */
    void check() {
        if (maxRestarts < 0) {
            throw new UserException("--max_restarts " + maxRestarts + " must be 0 (a failure ends the run) or more");
        }
    }

    boolean restores() {
        return restorePath != null;
    }

    CheckpointConfig toConfig() {
        return new CheckpointConfig(savePath, everySteps, keep, restorePath, weightsOnly);
    }
}
