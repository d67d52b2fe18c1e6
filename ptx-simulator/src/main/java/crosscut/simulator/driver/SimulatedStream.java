package crosscut.simulator.driver;

/** A stream: its lane, what its next operation comes after, and the capture that it takes part in. */
final class SimulatedStream {

    final String name;
    final boolean isBlocking;
    final int lane;
    final VectorClock clock = new VectorClock();
    int pollsLeft;

    /** Null when the stream is not being captured. */
    Capture capture;

    /**
     * @param isBlocking whether the stream and the legacy default stream wait for each other
     * @param lane of the timeline
     */
    SimulatedStream(String name, boolean isBlocking, int lane) {
        this.name = name;
        this.isBlocking = isBlocking;
        this.lane = lane;
    }

    @Override
    public String toString() {
        return name;
    }
}
