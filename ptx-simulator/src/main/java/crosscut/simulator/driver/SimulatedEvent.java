package crosscut.simulator.driver;

import java.util.BitSet;

/** An event: the point in a stream's work at which it was last recorded. */
final class SimulatedEvent {

    final boolean isTimed;

    /** What was done before the event; null until it is recorded. */
    VectorClock recorded;
    long nanoseconds;
    int pollsLeft;

    /** The capture in which the event was last recorded, with the nodes that come before it; null when it was recorded outside. */
    Capture capture;
    BitSet capturedAfter;

    SimulatedEvent(boolean isTimed) {
        this.isTimed = isTimed;
    }
}
