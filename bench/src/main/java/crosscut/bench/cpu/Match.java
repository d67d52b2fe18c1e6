package crosscut.bench.cpu;

import crosscut.bench.Quartiles;
import java.util.Map;

/**
 * The result of one contest against one peer.
 *
 * @param contest what was raced
 * @param peer against whom
 * @param agreement of the first outputs
 * @param ours samples per second in our turns, the middle one
 * @param theirs samples per second in their turns, the middle one
 * @param ratio of our speed to theirs in neighbouring turns; null when the sides disagreed and were not raced
 * @param rounds how many turns each had
 * @param ourFacts versions and settings
 * @param theirFacts versions and settings
 */
record Match(
        Contest contest, Peer peer, Agreement agreement, double ours, double theirs, Quartiles ratio, int rounds, Map<?, ?> ourFacts, Map<?, ?> theirFacts) {

    /**
     * How long the sides run.
     *
     * @param rounds turns of each side
     * @param secondsPerTurn long enough that starting a turn costs nothing, short enough that both sides of a round meet the same machine
     * @param secondsToWarmUp for compilation, first touches of memory, clocks
     */
    record Pace(int rounds, double secondsPerTurn, double secondsToWarmUp) {

        private static final double SECONDS_PER_TURN = 1.5;
        private static final double SECONDS_TO_WARM_UP = 4;

        /** The usual pace. */
        static Pace of(int rounds) {
            return new Pace(rounds, SECONDS_PER_TURN, SECONDS_TO_WARM_UP);
        }
    }

    /** Compares, warms up, and lets the sides take turns: ours, theirs; theirs, ours; and so on. */
    static Match play(Contest contest, Peer peer, Side ours, Side theirs, Pace pace) {
        int rounds = pace.rounds();
        Map<?, ?> ourFacts = ours.facts();
        Map<?, ?> theirFacts = theirs.facts();
        Agreement agreement = Agreement.of(contest, ours, theirs);
        if (!agreement.holds()) {
            return new Match(contest, peer, agreement, 0, 0, null, 0, ourFacts, theirFacts);
        }
        theirs.seconds(pace.secondsToWarmUp());
        ours.seconds(pace.secondsToWarmUp());
        double[] ourSpeeds = new double[rounds];
        double[] theirSpeeds = new double[rounds];
        double[] ratios = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            boolean weAreFirst = round % 2 == 0;
            double first = speed(contest, weAreFirst ? ours : theirs, pace);
            double second = speed(contest, weAreFirst ? theirs : ours, pace);
            ourSpeeds[round] = weAreFirst ? first : second;
            theirSpeeds[round] = weAreFirst ? second : first;
            ratios[round] = ourSpeeds[round] / theirSpeeds[round];
        }
        return new Match(contest, peer, agreement, Quartiles.of(ourSpeeds).median(), Quartiles.of(theirSpeeds).median(), Quartiles.of(ratios), rounds,
                ourFacts, theirFacts);
    }

    private static double speed(Contest contest, Side side, Pace pace) {
        Turn turn = side.seconds(pace.secondsPerTurn());
        return turn.steps() * contest.batch() / turn.seconds();
    }

    /** What is to be reached, null where nothing is. */
    Target target() {
        return Target.of(contest, peer);
    }

    /** Whether the target was reached, or why that cannot be said. */
    String verdict() {
        if (!agreement.holds()) {
            return "outputs disagree";
        }
        return target() == null ? "no target" : ratio.median() >= target().ratio() ? "reached" : "missed";
    }
}
