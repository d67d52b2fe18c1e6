package crosscut.kernels.collective;

/** Another rank is gone, so that the fault lies most likely there. */
public final class PeerLostException extends CollectiveException {

    private static final long serialVersionUID = 1L;

    /**
     * For a rank that closed its connection or whose connection broke.
     *
     * @param peer the rank that is gone
     * @param exchange what was going on
     */
    public PeerLostException(int peer, String exchange, Throwable cause) {
        super("rank " + peer + " closed the connection during " + exchange, cause);
    }
}
