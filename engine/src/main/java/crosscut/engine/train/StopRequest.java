package crosscut.engine.train;

/** Somebody wants the run to end after the step or batch that it is at, a training with a checkpoint where one is configured. Safe to set from any thread. */
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
