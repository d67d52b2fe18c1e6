package crosscut.kernels.collective;

import java.time.Duration;

/** A point in time by which something has to have happened. */
record Deadline(long nanos) {

    static Deadline in(Duration duration) {
        return new Deadline(System.nanoTime() + duration.toNanos());
    }

    /** What is left, at least nothing. */
    Duration remaining() {
        return Duration.ofNanos(Math.max(0, nanos - System.nanoTime()));
    }

    boolean isOver() {
        return System.nanoTime() >= nanos;
    }
}
