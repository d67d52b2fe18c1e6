package crosscut.launcher.supervisor;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Starts the ranks and waits for their end. When one fails, the others are ended and its exit status becomes ours. SIGTERM and SIGINT are passed on, and the
 * ranks' end is waited for, because they write a checkpoint first.
 */
public final class Supervisor {

    /** Time that a rank gets to end by itself after another one has noticed that it is gone. */
    private static final long CAUSE_MILLISECONDS = 1500;

    /** Time that the others get to end by themselves after a rank has failed. */
    private static final long ENDING_MILLISECONDS = 3000;

    /** Time that ranks get for their last checkpoint after a signal. */
    private static final long CHECKPOINT_MINUTES = 15;

    private final RankOutput output;
    private final PrintWriter errors;
    private final List<RankProcess> ranks = new CopyOnWriteArrayList<>();
    private final BlockingQueue<RankProcess> ended = new LinkedBlockingQueue<>();
    private final CountDownLatch allEnded = new CountDownLatch(1);
    private volatile boolean stopping;
    private int worldSize;

    /**
     * @param output gets all that the ranks say, and is closed when all have ended
     * @param errors gets the line that says which rank failed
     */
    public Supervisor(RankOutput output, PrintWriter errors) {
        this.output = output;
        this.errors = errors;
    }

    /** Runs the ranks to their end and returns the exit status of the first that failed, 0 if none did. */
    public int run(List<RankCommand> commands) throws InterruptedException {
        worldSize = commands.getFirst().worldSize();
        Thread onSignal = new Thread(this::stop, "pass-signal-on");
        Runtime.getRuntime().addShutdownHook(onSignal);
        try {
            return reported(superviseAll(commands));
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

    private RankProcess superviseAll(List<RankCommand> commands) throws InterruptedException {
        try {
            for (RankCommand command : commands) {
                RankProcess rank = RankProcess.start(command, output);
                ranks.add(rank);
                rank.end().thenAccept(ended::add);
            }
            if (stopping) {
                ranks.forEach(RankProcess::terminate);
            }
            RankProcess failed = awaitEnds();
            for (RankProcess rank : ranks) {
                rank.awaitOutput();
            }
            return failed;
        } finally {
            ranks.forEach(RankProcess::kill);
        }
    }

    /** Waits for all ranks; the first failure ends the rest. */
    private RankProcess awaitEnds() throws InterruptedException {
        for (int i = 0; i < ranks.size(); i++) {
            RankProcess rank = ended.take();
            if (rank.status() != 0) {
                if (stopping) {
                    return rank;
                }
                awaitCause(rank);
                endOthers();
                return causeOf(rank);
            }
        }
        return null;
    }

    /** A rank that dies takes its peers along, and one of them may be seen to end first: gives it the time to say itself why it died. */
    private void awaitCause(RankProcess first) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CAUSE_MILLISECONDS);
        for (RankProcess rank = first; rank != null && rank.status() != 0 && rank.failedThroughOthers();) {
            rank = ended.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        }
    }

    private void endOthers() throws InterruptedException {
        ranks.forEach(RankProcess::terminate);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ENDING_MILLISECONDS);
        for (RankProcess rank : ranks) {
            if (!rank.endsWithin(Math.max(0, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())))) {
                rank.kill();
                rank.awaitEnd();
            }
        }
    }

    /** The one to blame: the first to end, unless that one only lost another that has failed by itself. */
    private RankProcess causeOf(RankProcess first) {
        return first.failedThroughOthers() ? ranks.stream().filter(rank -> rank.status() != 0 && !rank.failedThroughOthers()).findFirst().orElse(first) : first;
    }

    /** Closes the output first: a message must not end up in the middle of a progress bar. */
    private int reported(RankProcess failed) {
        try {
            output.close();
        } finally {
            if (failed != null && (!stopping || failed.failure().isPresent())) {
                new FailureText(worldSize).print(failed, errors);
            }
        }
        return failed == null ? 0 : failed.status();
    }

    /** Runs in the shutdown that a signal has begun; the JVM ends with the signal's status when this returns. */
    private void stop() {
        stopping = true;
        ranks.forEach(RankProcess::terminate);
        try {
            if (!allEnded.await(CHECKPOINT_MINUTES, TimeUnit.MINUTES)) {
                errors.println("crosscut: the ranks did not end within " + CHECKPOINT_MINUTES + " minutes after the signal; killed");
                ranks.forEach(RankProcess::kill);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
