package crosscut.kernels.collective;

/** Another rank is gone, so that the fault lies most likely there. */
public final class PeerLostException extends CollectiveException {

    private static final long serialVersionUID = 1L;

    private final int peer;

    PeerLostException(int peer, CollectiveKind kind, Throwable cause) {
        super("rank " + peer + " closed the connection during " + kind.text(), cause);
        this.peer = peer;
    }

    /** The rank that is gone. */
    public int peer() {
        return peer;
    }
}
