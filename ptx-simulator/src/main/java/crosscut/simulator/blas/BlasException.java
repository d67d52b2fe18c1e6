package crosscut.simulator.blas;

/** A call of cuBLASLt fails with a status; the message says why, which the library would keep to itself. */
final class BlasException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final BlasStatus status;

    BlasException(BlasStatus status, String reason) {
        super(reason);
        this.status = status;
    }

    BlasStatus status() {
        return status;
    }

    /** Fails with INVALID_VALUE and {@code reason} unless {@code condition} holds. */
    static void requireValid(boolean condition, String reason) {
        if (!condition) {
            throw new BlasException(BlasStatus.INVALID_VALUE, reason);
        }
    }

    /** Fails with NOT_SUPPORTED and {@code reason} unless {@code condition} holds. */
    static void requireSupported(boolean condition, String reason) {
        if (!condition) {
            throw new BlasException(BlasStatus.NOT_SUPPORTED, reason);
        }
    }
}
