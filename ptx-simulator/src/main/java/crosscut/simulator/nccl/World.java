package crosscut.simulator.nccl;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/** Ranks that have joined each other, and what is on its way between them, in the order in which it was sent. */
final class World {

    private final Membership[] members;
    private final Map<Integer, Deque<Message>> underWay = new HashMap<>();

    World(int size) {
        members = new Membership[size];
    }

    /**
     * What one rank sent to another.
     *
     * @param call the function that sends it: who receives it must have called its counterpart
     */
    record Message(String call, MemorySegment bytes) {
    }

    int size() {
        return members.length;
    }

    /** Takes a rank in and waits for the others. */
    synchronized Membership join(int rank) throws InterruptedException {
        NcclException.require(rank >= 0 && rank < members.length, "rank " + rank + " of " + members.length);
        if (members[rank] != null) {
            throw new NcclException(NcclStatus.INVALID_USAGE, "rank " + rank + " has joined already");
        }
        Membership membership = new Membership(this, rank);
        members[rank] = membership;
        notifyAll();
        while (!isComplete()) {
            wait();
        }
        return membership;
    }

    private boolean isComplete() {
        for (Membership member : members) {
            if (member == null) {
                return false;
            }
        }
        return true;
    }

    private Deque<Message> line(int from, int to) {
        return underWay.computeIfAbsent(from * members.length + to, _ -> new ArrayDeque<>());
    }

    synchronized void send(int from, int to, Message message) {
        line(from, to).add(message);
        notifyAll();
    }

    /** Waits for what {@code from} sends; null when this rank gives up first. */
    synchronized Message receive(int from, Membership to) {
        try {
            while (line(from, to.rank).isEmpty() && !to.isAborted) {
                wait();
            }
        } catch (InterruptedException givenUp) {
            Thread.currentThread().interrupt();
            return null;
        }
        return to.isAborted ? null : line(from, to.rank).poll();
    }

    /** A rank gives up; the others learn that it is gone. */
    synchronized void abort(Membership leaving) {
        leaving.isAborted = true;
        for (Membership member : members) {
            if (member != leaving && member.asynchronousError == NcclStatus.SUCCESS) {
                member.asynchronousError = NcclStatus.REMOTE_ERROR;
            }
        }
        notifyAll();
    }

    /** What goes wrong while an operation runs is found by those who ask. */
    synchronized void fail(Membership member, NcclStatus status) {
        member.asynchronousError = status;
    }

    synchronized NcclStatus asynchronousError(Membership member) {
        return member.asynchronousError;
    }

    /** One rank's place in the world; its fields belong to the world's monitor. */
    static final class Membership {

        final World world;
        final int rank;
        private boolean isAborted;
        private NcclStatus asynchronousError = NcclStatus.SUCCESS;

        private Membership(World world, int rank) {
            this.world = world;
            this.rank = rank;
        }
    }
}
