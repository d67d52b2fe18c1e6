package crosscut.engine.parallel;

import crosscut.engine.UserException;
import crosscut.kernels.collective.Collectives;
import crosscut.kernels.collective.SingleRankCollectives;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * All ranks that train together, seen from one of them.
 *
 * @param collectives how they exchange data
 */
public record World(Collectives collectives) implements AutoCloseable {

    /** A world of one rank. */
    public static World single() {
        return new World(new SingleRankCollectives());
    }

    public int rank() {
        return collectives.rank();
    }

    public int size() {
        return collectives.size();
    }

    /** True for the rank that speaks for all: it reports progress and finishes checkpoints. */
    public boolean isFirst() {
        return rank() == 0;
    }

    /** True when there is nobody to exchange anything with. */
    public boolean isSingle() {
        return size() == 1;
    }

    /**
     * This rank's part of a global batch.
     *
     * @param flag where the number comes from, for the message
     * @throws UserException when the batch cannot be divided evenly
     */
    public int shareOf(String flag, int globalBatch) {
        return share(flag, globalBatch, size());
    }

    /** {@link #shareOf} for a world that does not exist yet. */
    public static int share(String flag, int globalBatch, int ranks) {
        if (globalBatch % ranks == 0) {
            return globalBatch / ranks;
        }
        int fitting = globalBatch / ranks * ranks;
        throw new UserException(flag + " " + globalBatch + " cannot be divided evenly among " + ranks + " ranks: use "
                + (fitting == 0 ? ranks + ", the smallest that can" : fitting + ", the next smaller that can"));
    }

    /** True when it is true on any rank. All ranks have to ask together. */
    public boolean isTrueOnAnyRank(boolean here) {
        if (isSingle()) {
            return here;
        }
        boolean anywhere = collectives.gather(new byte[] {(byte) (here ? 1 : 0)}).stream().anyMatch(flag -> flag[0] != 0);
        return collectives.broadcast(new byte[] {(byte) (anywhere ? 1 : 0)})[0] != 0;
    }

    /**
     * Makes sure that something is the same on all ranks. All ranks have to ask together.
     *
     * @throws UserException on every rank, naming the first rank that differs
     */
    public void requireSame(String what, String value) {
        if (isSingle()) {
            return;
        }
        List<byte[]> values = collectives.gather(value.getBytes(StandardCharsets.UTF_8));
        String difference = "";
        for (int rank = values.size() - 1; rank > 0; rank--) {
            String there = new String(values.get(rank), StandardCharsets.UTF_8);
            difference = there.equals(value) ? difference : what + " differ between ranks: rank 0 has " + value + ", but rank " + rank + " has " + there;
        }
        String verdict = new String(collectives.broadcast(difference.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
        if (!verdict.isEmpty()) {
            throw new UserException(verdict);
        }
    }

    @Override
    public void close() {
        collectives.close();
    }
}
