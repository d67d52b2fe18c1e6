package crosscut.launcher.supervisor;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The ranks of one attempt, from their start until none is left. */
final class RankGroup {

    /** Time that a rank gets to end by itself after another one has noticed that it is gone. */
    private static final long CAUSE_MILLISECONDS = 1500;

    /** Time that the others get to end by themselves after a rank has failed. */
    private static final long ENDING_MILLISECONDS = 3000;

    private final RankOutput output;
    private final BooleanSupplier stopping;
    private final List<RankProcess> ranks = new CopyOnWriteArrayList<>();
    private final BlockingQueue<RankProcess> ended = new LinkedBlockingQueue<>();

    /** @param stopping whether all have been asked to end, by us and not by a failure */
    RankGroup(RankOutput output, BooleanSupplier stopping) {
        this.output = output;
        this.stopping = stopping;
    }

    /** Runs them to their end and returns the one to blame for a failure, null where there was none. */
    RankProcess run(List<RankCommand> commands) throws InterruptedException {
        try {
            for (RankCommand command : commands) {
                RankProcess rank = RankProcess.start(command, output);
                ranks.add(rank);
                rank.end().thenAccept(ended::add);
            }
            if (stopping.getAsBoolean()) {
                terminate();
            }
            RankProcess failed = awaitEnds();
            for (RankProcess rank : ranks) {
                rank.awaitOutput();
            }
            return failed;
        } finally {
            kill();
        }
    }

    /** Sends SIGTERM to all. */
    void terminate() {
        ranks.forEach(RankProcess::terminate);
    }

    /** Sends SIGKILL to all. */
    void kill() {
        ranks.forEach(RankProcess::kill);
    }

    /** Waits for all ranks; the first failure ends the rest. */
    private RankProcess awaitEnds() throws InterruptedException {
        RankProcess failed = null;
        for (int i = 0; i < ranks.size(); i++) {
            RankProcess rank = ended.take();
            if (rank.status() == 0) {
                continue;
            }
            if (!stopping.getAsBoolean()) {
                awaitCause(rank);
                endOthers();
                return causeOf(rank);
            }
            failed = failed == null ? rank : failed;
        }
        return failed;
    }

    /** A rank that dies takes its peers along, and one of them may be seen to end first: gives it the time to say itself why it died. */
    private void awaitCause(RankProcess first) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(CAUSE_MILLISECONDS);
        for (RankProcess rank = first; rank != null && rank.status() != 0 && rank.failedThroughOthers();) {
            rank = ended.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        }
    }

    private void endOthers() throws InterruptedException {
        terminate();
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
}
