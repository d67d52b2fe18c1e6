package crosscut.bindings.onednn;

/** A queue of executions; used by one thread at a time. */
public final class OneDnnStream implements AutoCloseable {

    private final SetupCalls setup;
    private final long handle;

    OneDnnStream(SetupCalls setup, long handle) {
        this.setup = setup;
        this.handle = handle;
    }

    long handle() {
        return handle;
    }

    @Override
    public void close() {
        setup.call("dnnl_stream_destroy", handle);
    }
}
