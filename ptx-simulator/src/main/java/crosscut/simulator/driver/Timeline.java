package crosscut.simulator.driver;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;

/**
 * Who knows of whose work: the lanes of execution, what the host has waited for, and what is left to do when it has. All host threads share one clock: what one
 * has waited for counts as known to all.
 */
final class Timeline {

    private final VectorClock host = new VectorClock();
    private final List<Integer> ticks = new ArrayList<>();
    private final Deque<Integer> freeLanes = new ArrayDeque<>();
    private final List<Pending> pending = new ArrayList<>();

    /** A lane that nothing runs on; ticks of a reused lane go on from where they were. */
    int openLane() {
        if (!freeLanes.isEmpty()) {
            return freeLanes.pop();
        }
        ticks.add(0);
        return ticks.size() - 1;
    }

    void closeLane(int lane) {
        freeLanes.push(lane);
    }

    /** The tick of the next operation of a lane. */
    int tick(int lane) {
        int tick = ticks.get(lane) + 1;
        ticks.set(lane, tick);
        return tick;
    }

    VectorClock host() {
        return host;
    }

    /** The host has waited for everything that {@code clock} covers. */
    void hostWaitsFor(VectorClock clock) {
        host.join(clock);
        finish(host);
    }

    /** Everything that {@code clock} covers has been done: transfers among it arrive or were taken. */
    void finish(VectorClock clock) {
        complete(clock, transfer -> true);
    }

    /** Registers what happens to host memory when the host has waited for the operation at {@code tick} of {@code lane}. */
    void whenSeen(int lane, int tick, PendingTransfer transfer) {
        pending.add(new Pending(lane, tick, transfer));
    }

    /** The device looks at host memory: transfers to it that are ordered before arrive first. */
    void deliver(VectorClock clock, long hostAddress, long bytes) {
        complete(clock, transfer -> transfer.touches(hostAddress, bytes));
    }

    private void complete(VectorClock clock, Predicate<PendingTransfer> which) {
        for (Iterator<Pending> each = pending.iterator(); each.hasNext();) {
            Pending next = each.next();
            if (next.tick <= clock.at(next.lane) && which.test(next.transfer)) {
                each.remove();
                next.transfer.complete();
            }
        }
    }

    private record Pending(int lane, int tick, PendingTransfer transfer) {
    }
}
