package crosscut.engine.train;

/** Somebody wants the run to end at the next step boundary, with a checkpoint where one is configured. Safe to set from any thread. */
public final class StopRequest {

    private volatile boolean requested;

    /** Asks. */
    public void request() {
        requested = true;
    }

    public boolean isRequested() {
        return requested;
    }
}
