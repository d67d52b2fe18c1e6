package crosscut.launcher.supervisor;

import java.util.List;
import java.util.Optional;

/** How a job goes on after a failure that need not happen again. Asked when all ranks have ended. */
@FunctionalInterface
public interface Restarts {

    /** A failure ends the job. */
    Restarts NONE = _ -> Optional.empty();

    /**
     * The next attempt, or nothing when there were enough.
     *
     * @param number of this restart, from 1
     */
    Optional<Restart> next(int number);

    /**
     * One more attempt.
     *
     * @param description which restart it is and where it begins
     * @param commands one per rank
     */
    record Restart(String description, List<RankCommand> commands) {
        public Restart {
            commands = List.copyOf(commands);
        }
    }
}
