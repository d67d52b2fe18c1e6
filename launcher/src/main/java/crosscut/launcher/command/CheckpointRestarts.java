package crosscut.launcher.command;

import crosscut.engine.checkpoint.Checkpoint;
import crosscut.launcher.options.CheckpointOptions;
import crosscut.launcher.supervisor.RankCommand;
import crosscut.launcher.supervisor.Restarts;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Starts a training again from the newest checkpoint that it has written itself: others in the same folder may belong to another one.
 *
 * @param most how often
 * @param folder where it writes checkpoints, if it does
 * @param before the newest checkpoint in the folder when the training began
 * @param attempt builds the commands
 */
record CheckpointRestarts(int most, Optional<Path> folder, Optional<Path> before, Attempt attempt) implements Restarts {

    /** Builds one command per rank of one more attempt. */
    @FunctionalInterface
    interface Attempt {
        /** @param moreFlags to be added to those of the first attempt, which they override */
        List<RankCommand> commands(List<String> moreFlags);
    }

    /** Those that the flags allow, of a training that begins now. */
    static Restarts of(CheckpointOptions options, Attempt attempt) {
        if (options.maxRestarts() == 0) {
            return NONE;
        }
        return new CheckpointRestarts(options.maxRestarts(), options.savePath(), options.savePath().flatMap(Checkpoint::newest), attempt);
    }

    @Override
    public Optional<Restart> next(int number) {
        if (number > most) {
            return Optional.empty();
        }
        String which = "restart " + number + " of " + most;
        Optional<Path> written = folder.flatMap(Checkpoint::newest).filter(newest -> !before.equals(Optional.of(newest)));
        if (written.isEmpty()) {
            return Optional.of(new Restart(which + " begins where this run began: it has written no checkpoint yet", attempt.commands(List.of())));
        }
        List<String> resume = List.of("--restore_checkpoint_path=" + written.get(), "--restore_weights_only=false");
        return Optional.of(new Restart(which + " goes on from " + written.get(), attempt.commands(resume)));
    }
}
