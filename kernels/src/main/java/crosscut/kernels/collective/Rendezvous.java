package crosscut.kernels.collective;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;

/**
 * How ranks find each other. Rank 0 listens; the others present themselves there, are checked against rank 0, get the list of all addresses, and connect to
 * each other. Nobody gets in without the shared secret.
 *
 * @param point where to meet
 * @param secret what all ranks know and nobody else
 * @param meetingTimeout how long to wait until all are there
 * @param exchangeTimeout longest wait for a rank within one exchange afterwards
 * @param hasChecksums whether exchanges carry checksums, which are then checked: to find faulty memory or a faulty network
 */
public record Rendezvous(RendezvousPoint point, String secret, Duration meetingTimeout, Duration exchangeTimeout, boolean hasChecksums) {

    /** What the supervisor gives its ranks as the environment variable for {@code secret}. */
    public static final String SECRET_VARIABLE = "CROSSCUT_SECRET";

    public Rendezvous {
        if (secret.isEmpty()) {
            throw new IllegalArgumentException("a rendezvous needs a secret: set " + SECRET_VARIABLE + " to the same text for all ranks");
        }
    }

    /** Leaves the secret out. */
    @Override
    public String toString() {
        return "rendezvous at " + point;
    }

    /**
     * Meets the others.
     *
     * @return connections to all of them, when all have them
     * @throws RendezvousException when ranks are missing after the timeout, or differ in world size, version or settings
     */
    public Collectives meet(Member self) {
        if (self.worldSize() == 1) {
            return new SingleRankCollectives();
        }
        try {
            return connected(self, self.rank() == 0 ? new FirstRankMeeting(this, self).connect() : new OtherRankMeeting(this, self).connect());
        } catch (IOException e) {
            throw failure(self, e);
        }
    }

    private SocketCollectives connected(Member self, List<SocketChannel> channels) throws IOException {
        SocketCollectives collectives = new SocketCollectives(this, self, new SocketMesh(self.rank(), channels, exchangeTimeout, hasChecksums));
        collectives.barrier();
        return collectives;
    }

    /** Meets ranks once more that are connected already, at a port of rank 0 that it tells over {@code connections}. */
    SocketCollectives meetAgain(Member self, SocketCollectives connections) {
        try {
            if (self.rank() > 0) {
                int port = ByteBuffer.wrap(connections.broadcast((byte[]) null)).getInt();
                RendezvousPoint next = new RendezvousPoint(new InetSocketAddress(connections.addressOfFirstRank(), port), null);
                return connected(self, new OtherRankMeeting(at(next), self).connect());
            }
            try (LinkListener listener = new LinkListener(new InetSocketAddress(point.toBind().getAddress(), 0), secret)) {
                connections.broadcast(ByteBuffer.allocate(Integer.BYTES).putInt(listener.address().getPort()).array());
                return connected(self, new FirstRankMeeting(this, self).connect(listener));
            }
        } catch (IOException e) {
            throw failure(self, e);
        }
    }

    private Rendezvous at(RendezvousPoint next) {
        return new Rendezvous(next, secret, meetingTimeout, exchangeTimeout, hasChecksums);
    }

    private RendezvousException failure(Member self, IOException cause) {
        return new RendezvousException("rank " + self.rank() + " cannot meet the other ranks at " + point + ": " + cause.getMessage(), cause);
    }
}
