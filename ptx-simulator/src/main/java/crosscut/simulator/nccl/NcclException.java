package crosscut.simulator.nccl;

/** A call of the library fails with a status; the message says why. */
final class NcclException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final NcclStatus status;

    NcclException(NcclStatus status, String reason) {
        super(reason);
        this.status = status;
    }

    NcclStatus status() {
        return status;
    }

    /** Fails with an invalid argument and {@code reason} unless {@code condition} holds. */
    static void require(boolean condition, String reason) {
        if (!condition) {
            throw new NcclException(NcclStatus.INVALID_ARGUMENT, reason);
        }
    }
}
