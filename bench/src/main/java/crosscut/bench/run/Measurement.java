package crosscut.bench.run;

import crosscut.engine.profile.DeviceCeilings;
import java.util.List;

/**
 * The times of one case.
 *
 * @param seconds of one operation, per iteration in ascending order
 * @param ceilings what the device did at best in the same JVM, null where that was not measured
 */
record Measurement(List<Double> seconds, DeviceCeilings ceilings) {

    Measurement {
        seconds = seconds.stream().sorted().toList();
    }

    /** The shortest: what other programs disturbed least. */
    double best() {
        return seconds.getFirst();
    }

    double median() {
        return seconds.get(seconds.size() / 2);
    }

    double worst() {
        return seconds.getLast();
    }
}
