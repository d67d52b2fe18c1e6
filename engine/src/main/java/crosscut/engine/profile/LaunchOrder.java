package crosscut.engine.profile;

import crosscut.kernels.device.Event;
import crosscut.kernels.device.Stream;

/** Lets measured launches run one after the other, whatever streams they are on: an op that shares the device with another has no time of its own. */
final class LaunchOrder {

    private boolean isMeasured;
    private Stream newest;
    private Event end;
    private long count;

    boolean isMeasured() {
        return isMeasured;
    }

    void measure(boolean now) {
        isMeasured = now;
    }

    /** Makes what is launched next on {@code stream} wait for the newest measured launch. */
    void follow(Stream stream) {
        if (newest != null && newest != stream) {
            stream.await(end);
        }
    }

    /**
     * Takes note of a launch.
     *
     * @param launchEnd recorded right after it
     * @return measured launches before it
     */
    long launched(Stream stream, Event launchEnd) {
        newest = stream;
        end = launchEnd;
        return count++;
    }

    /** Waits for the newest measured launch. */
    void synchronize() {
        if (end != null) {
            end.synchronize();
        }
    }
}
