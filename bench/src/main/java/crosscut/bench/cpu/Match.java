package crosscut.bench.cpu;

import crosscut.bench.Quartiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * The result of one contest against one peer.
 *
 * @param contest what was raced
 * @param peer against whom
 * @param agreement of the first outputs
 * @param ours samples per second in our turns, the middle one
 * @param theirs samples per second in their turns, the middle one
 * @param ratio of our speed to theirs in neighbouring turns; null when the sides disagreed and were not raced
 * @param cpuRatio the same by the processor time that the processes took instead of the time that passed; null like the ratio
 * @param rounds how many turns each had
 * @param ourFacts versions and settings
 * @param theirFacts versions and settings
 */
record Match(
        Contest contest, Peer peer, Agreement agreement, double ours, double theirs, Quartiles ratio, Quartiles cpuRatio, int rounds, Map<?, ?> ourFacts,
        Map<?, ?> theirFacts) {

    /**
     * How long the sides run.
     *
     * @param rounds turns of each side
     * @param secondsPerTurn long enough that starting a turn costs nothing, short enough that both sides of a round meet the same machine
     * @param secondsToWarmUp processor time for compilation, first touches of memory, clocks
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
        Map<?, ?> ourFacts = ours.facts();
        Map<?, ?> theirFacts = theirs.facts();
        Agreement agreement = Agreement.of(contest, ours, theirs);
        if (!agreement.holds()) {
            return new Match(contest, peer, agreement, 0, 0, null, null, 0, ourFacts, theirFacts);
        }
        warmUp(theirs, pace);
        warmUp(ours, pace);
        List<Turn> ourTurns = new ArrayList<>();
        List<Turn> theirTurns = new ArrayList<>();
        for (int round = 0; round < pace.rounds(); round++) {
            boolean weAreFirst = round % 2 == 0;
            Turn first = (weAreFirst ? ours : theirs).seconds(pace.secondsPerTurn());
            Turn second = (weAreFirst ? theirs : ours).seconds(pace.secondsPerTurn());
            ourTurns.add(weAreFirst ? first : second);
            theirTurns.add(weAreFirst ? second : first);
        }
        return new Match(contest, peer, agreement, contest.batch() * speeds(ourTurns, Turn::seconds).median(),
                contest.batch() * speeds(theirTurns, Turn::seconds).median(), ratios(ourTurns, theirTurns, Turn::seconds),
                ratios(ourTurns, theirTurns, Turn::cpuSeconds), pace.rounds(), ourFacts, theirFacts);
    }

    private static void warmUp(Side side, Pace pace) {
        for (double warm = 0; warm < pace.secondsToWarmUp(); warm += side.seconds(pace.secondsToWarmUp()).cpuSeconds()) {
            // On a busy machine seconds may pass in which little happens.
        }
    }

    /** Runs per second of some clock. */
    private static Quartiles speeds(List<Turn> turns, ToDoubleFunction<Turn> clock) {
        return Quartiles.of(turns.stream().mapToDouble(turn -> turn.steps() / clock.applyAsDouble(turn)).toArray());
    }

    private static Quartiles ratios(List<Turn> ours, List<Turn> theirs, ToDoubleFunction<Turn> clock) {
        return Quartiles.of(IntStream.range(0, ours.size()).mapToDouble(round -> ours.get(round).steps() / clock.applyAsDouble(ours.get(round))
                / theirs.get(round).steps() * clock.applyAsDouble(theirs.get(round))).toArray());
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
