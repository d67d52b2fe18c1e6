package crosscut.simulator.driver;

/** Which calls captures in progress forbid. */
final class CaptureRules {

    private final StreamTable streams;
    private final ThreadLocal<CaptureMode> threadMode = ThreadLocal.withInitial(() -> CaptureMode.GLOBAL);

    CaptureRules(StreamTable streams) {
        this.streams = streams;
    }

    /** Sets the calling thread's mode and returns the one before. */
    CaptureMode exchangeMode(CaptureMode mode) {
        CaptureMode before = threadMode.get();
        threadMode.set(mode);
        return before;
    }

    /** A call that may change or wait for state outside the capture: allocation, freeing, queries of events. */
    void requireSafe(String call) {
        CaptureMode mine = threadMode.get();
        if (mine == CaptureMode.RELAXED) {
            return;
        }
        for (SimulatedStream stream : streams.handles.all()) {
            Capture capture = stream.capture;
            if (capture != null && capture.mode != CaptureMode.RELAXED
                    && (capture.beginner == Thread.currentThread() || mine == CaptureMode.GLOBAL && capture.mode == CaptureMode.GLOBAL)) {
                forbid(capture, call);
            }
        }
    }

    /** A call that waits for every stream. */
    void requireNone(String call) {
        for (SimulatedStream stream : streams.handles.all()) {
            if (stream.capture != null) {
                forbid(stream.capture, call);
            }
        }
    }

    /** A call that waits for or asks about {@code stream}. */
    void requireNotCapturing(SimulatedStream stream, String call) {
        if (stream.capture != null) {
            forbid(stream.capture, call);
        }
    }

    private static void forbid(Capture capture, String call) {
        capture.invalidate(call + " was called");
        throw new DriverException(DriverStatus.STREAM_CAPTURE_UNSUPPORTED, call + " was called while " + capture.origin + " is being captured");
    }
}
