package crosscut.kernels.collective;

/** Ranks could not exchange what they should; the message names the exchange and the rank that it was waiting for. */
public class CollectiveException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public CollectiveException(String message) {
        super(message);
    }

    public CollectiveException(String message, Throwable cause) {
        super(message, cause);
    }
}
