package crosscut.bench.cpu;

import java.util.List;
import java.util.stream.Stream;

/**
 * What a side did in a turn.
 *
 * @param steps runs of the work
 * @param seconds that they took
 * @param cpuSeconds processor time that all threads of the process took meanwhile; the system counts it in hundredths
 * @param losses of the first runs
 */
record Turn(long steps, double seconds, double cpuSeconds, List<Double> losses) {

    /** This turn and the one before it as one. */
    Turn after(Turn before) {
        return new Turn(before.steps + steps, before.seconds + seconds, before.cpuSeconds + cpuSeconds,
                Stream.concat(before.losses.stream(), losses.stream()).toList());
    }
}
