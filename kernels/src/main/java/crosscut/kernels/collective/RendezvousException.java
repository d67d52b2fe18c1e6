package crosscut.kernels.collective;

/** The ranks did not come together; the message says which is missing or how they differ. */
public final class RendezvousException extends CollectiveException {

    private static final long serialVersionUID = 1L;

    RendezvousException(String message) {
        super(message);
    }

    RendezvousException(String message, Throwable cause) {
        super(message, cause);
    }
}
