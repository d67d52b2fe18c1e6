package crosscut.launcher.supervisor;

import crosscut.launcher.rank.RankLifetime;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Starts the ranks and waits for their end. When one fails, the others are ended, and all are started again as often as {@link Restarts} allows; then its exit
 * status becomes ours. SIGTERM and SIGINT are passed on, and the ranks' end is waited for, because they write a checkpoint first.
 */
public final class Supervisor {

    /** Time that ranks get for their last checkpoint after a signal. */
    private static final long CHECKPOINT_MINUTES = 15;

    private final RankOutput output;
    private final PrintWriter errors;
    private final CountDownLatch allEnded = new CountDownLatch(1);
    private volatile RankGroup ranks;
    private volatile boolean stopping;

    /**
     * @param output gets all that the ranks say, and is closed when all have ended
     * @param errors gets the line that says which rank failed
     */
    public Supervisor(RankOutput output, PrintWriter errors) {
        this.output = output;
        this.errors = errors;
    }

    /**
     * Runs the ranks to their end and returns the exit status of the first that failed, 0 if none did.
     *
     * @param first the commands of the first attempt
     * @param restarts what follows a failure, unless it is a mistake of the user, which would only be met again
     */
    public int run(List<RankCommand> first, Restarts restarts) throws InterruptedException {
        Thread onSignal = new Thread(this::stop, "pass-signal-on");
        Runtime.getRuntime().addShutdownHook(onSignal);
        try {
            return reported(superviseAll(first, restarts), first.getFirst().worldSize());
        } finally {
            allEnded.countDown();
            forget(onSignal);
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // The hook runs already, and waits for nothing but the latch.
            return;
        }
    }

    private RankProcess superviseAll(List<RankCommand> first, Restarts restarts) throws InterruptedException {
        List<RankCommand> commands = first;
        for (int number = 1;; number++) {
            ranks = new RankGroup(output, () -> stopping);
            RankProcess failed = ranks.run(commands);
            Optional<Restarts.Restart> restart = mayGoBetter(failed) ? restarts.next(number) : Optional.empty();
            if (restart.isEmpty()) {
                return failed;
            }
            new FailureText(first.getFirst().worldSize()).lines(failed, "; " + restart.get().description()).forEach(output::notice);
            commands = restart.get().commands();
        }
    }

    private boolean mayGoBetter(RankProcess failed) {
        return failed != null && !stopping && failed.status() != RankLifetime.USER_ERROR;
    }

    /** Closes the output first: a message must not end up in the middle of a progress bar. */
    private int reported(RankProcess failed, int worldSize) {
        try {
            output.close();
        } finally {
            if (failed != null && (!stopping || failed.failure().isPresent())) {
                new FailureText(worldSize).lines(failed, "").forEach(errors::println);
            }
        }
        return failed == null ? 0 : failed.status();
    }

    /** Runs in the shutdown that a signal has begun; the JVM ends with the signal's status when this returns. */
    private void stop() {
        stopping = true;
        RankGroup running = ranks;
        if (running != null) {
            running.terminate();
        }
        try {
            if (!allEnded.await(CHECKPOINT_MINUTES, TimeUnit.MINUTES)) {
                errors.println("crosscut: the ranks did not end within " + CHECKPOINT_MINUTES + " minutes after the signal; killed");
                ranks.kill();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
