package crosscut.simulator.driver;

/** A call of the driver fails with a status; the message says why, which a real driver would keep to itself. */
public final class DriverException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final DriverStatus status;

    /** A failure with {@code status}, because of {@code reason}. */
    public DriverException(DriverStatus status, String reason) {
        super(reason);
        this.status = status;
    }

    /** What the call returns. */
    public DriverStatus status() {
        return status;
    }

    /** Fails with {@code status} and {@code reason} unless {@code condition} holds. */
    static void require(boolean condition, DriverStatus status, String reason) {
        if (!condition) {
            throw new DriverException(status, reason);
        }
    }
}
