package crosscut.engine.parallel;

import crosscut.engine.UserException;
import crosscut.kernels.collective.Collectives;
import crosscut.kernels.collective.SingleRankCollectives;
import java.util.List;
import java.util.SortedMap;

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
     * Joins what every rank knows. All ranks have to ask together.
     *
     * @param what the facts are about, for the message
     * @param facts of this rank, by name
     * @return those of all ranks
     * @throws UserException on every rank, naming two ranks that do not say the same of something
     */
    public SortedMap<String, String> join(String what, SortedMap<String, String> facts) {
        if (isSingle()) {
            return facts;
        }
        List<byte[]> ofRanks = collectives.gather(JoinedFacts.ofOne(facts).toBytes());
        JoinedFacts here = JoinedFacts.of(ofRanks.stream().map(JoinedFacts::fromBytes).toList());
        JoinedFacts joined = JoinedFacts.fromBytes(collectives.broadcast(here.toBytes()));
        if (!joined.difference().isEmpty()) {
            throw new UserException(what + " differ between ranks: " + joined.difference());
        }
        return joined.facts();
    }

    @Override
    public void close() {
        collectives.close();
    }
}
