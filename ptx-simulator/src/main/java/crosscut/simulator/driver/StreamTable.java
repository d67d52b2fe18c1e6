package crosscut.simulator.driver;

import crosscut.simulator.upcall.HandleTable;

/** The streams, and the rules of the legacy default stream, which blocking streams wait for and which waits for them. */
final class StreamTable {

    private static final long LEGACY = 1;
    private static final long PER_THREAD = 2;

    final HandleTable<SimulatedStream> handles = new HandleTable<>("stream", 1);
    private final SimulatedStream legacy;
    private final Timeline timeline;
    private final VectorClock destroyed = new VectorClock();
    private int created;

    StreamTable(Timeline timeline) {
        this.timeline = timeline;
        legacy = new SimulatedStream("the default stream", true, timeline.openLane());
    }

    SimulatedStream legacy() {
        return legacy;
    }

    long create(boolean isBlocking) {
        return handles.add(new SimulatedStream("stream " + ++created, isBlocking, timeline.openLane()));
    }

    /** Destroys a stream. Its work goes on; its lane is not used again, so that this work stays apart from that of later streams. */
    void destroy(long handle) {
        SimulatedStream stream = handles.remove(handle);
        if (stream.capture != null) {
            stream.capture.invalidate(stream + " was destroyed");
        }
        destroyed.join(stream.clock);
    }

    /** The stream of a handle: 0 and CU_STREAM_LEGACY are the legacy default stream. */
    SimulatedStream get(long handle) {
        if (handle == 0 || handle == LEGACY) {
            return legacy;
        }
        if (handle == PER_THREAD) {
            throw new DriverException(DriverStatus.NOT_SUPPORTED, "the simulator has no per-thread default streams; create a stream");
        }
        return handles.get(handle);
    }

    /**
     * The stream's clock, made ready for its next operation.
     *
     * @throws DriverException IMPLICIT when that is in the default stream while a blocking stream is being captured
     */
    VectorClock clockOfNext(SimulatedStream stream) {
        stream.clock.join(timeline.host());
        if (stream == legacy) {
            for (SimulatedStream other : handles.all()) {
                if (other.isBlocking) {
                    requireNoCapture(other);
                    stream.clock.join(other.clock);
                }
            }
        } else if (stream.isBlocking) {
            stream.clock.join(legacy.clock);
        }
        return stream.clock;
    }

    private static void requireNoCapture(SimulatedStream stream) {
        if (stream.capture != null) {
            stream.capture.invalidate("work was enqueued in the default stream, which waits for all blocking streams");
            throw new DriverException(DriverStatus.STREAM_CAPTURE_IMPLICIT, "work in the default stream would wait for " + stream
                    + ", which is being captured");
        }
    }

    /** What all streams have done. */
    VectorClock everything() {
        VectorClock all = new VectorClock(legacy.clock);
        all.join(destroyed);
        handles.all().forEach(stream -> all.join(stream.clock));
        return all;
    }
}
