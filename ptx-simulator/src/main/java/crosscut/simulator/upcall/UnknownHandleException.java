package crosscut.simulator.upcall;

/** A caller passed a handle of something that never was, or that was destroyed. */
public final class UnknownHandleException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UnknownHandleException(String message) {
        super(message);
    }
}
