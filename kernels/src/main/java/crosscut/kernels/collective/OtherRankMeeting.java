package crosscut.kernels.collective;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The side of every rank but 0: presents itself, gets all addresses, connects to lower ranks and is connected to by higher ones. */
final class OtherRankMeeting {

    private static final long RETRY_MILLISECONDS = 20;

    /** Rank 0's clock may have started after ours; its answer, which says more than our timeout, gets the time to arrive. */
    private static final Duration ANSWER_MARGIN = Duration.ofSeconds(10);

    private final Rendezvous rendezvous;
    private final Member self;
    private final List<SocketChannel> channels;

    OtherRankMeeting(Rendezvous rendezvous, Member self) {
        this.rendezvous = rendezvous;
        this.self = self;
        this.channels = new ArrayList<>(Collections.nCopies(self.worldSize(), null));
    }

    /** Connections to all ranks, null for this one. */
    List<SocketChannel> connect() throws IOException {
        Deadline deadline = Deadline.in(rendezvous.meetingTimeout());
        try {
            channels.set(0, reachFirstRank(deadline));
            InetSocketAddress local = (InetSocketAddress) channels.get(0).getLocalAddress();
            // The address by which this machine reaches rank 0 is the one by which the others reach this machine.
            try (LinkListener listener = new LinkListener(new InetSocketAddress(local.getAddress(), 0), rendezvous.secret())) {
                Verdict verdict = present(channels.get(0), listener.address());
                connectToLowerRanks(verdict.addresses());
                acceptHigherRanks(listener);
            }
            return channels;
        } catch (IOException | RuntimeException e) {
            closeChannels(e);
            throw e;
        }
    }

    private SocketChannel reachFirstRank(Deadline deadline) throws IOException {
        while (!deadline.isOver()) {
            InetSocketAddress address = rendezvous.point().find();
            try {
                if (address != null) {
                    return SocketChannel.open(address);
                }
            } catch (IOException _) {
                // Rank 0 may not be there yet; the deadline decides when that becomes a failure.
            }
            pause();
        }
        throw new RendezvousException("rank " + self.rank() + " did not find rank 0 at " + rendezvous.point() + " within "
                + rendezvous.meetingTimeout().toSeconds() + " s");
    }

    private void pause() {
        try {
            Thread.sleep(RETRY_MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RendezvousException("rank " + self.rank() + " was interrupted while it looked for rank 0", e);
        }
    }

    private Verdict present(SocketChannel first, InetSocketAddress listening) throws IOException {
        try {
            AuthenticatedLink link = new AuthenticatedLink(first, false, rendezvous.secret(), rendezvous.meetingTimeout().plus(ANSWER_MARGIN));
            ByteArrayOutputStream frame = new ByteArrayOutputStream();
            DataOutputStream out = new DataOutputStream(frame);
            Verdict.writeAddress(out, listening);
            out.write(self.toBytes());
            link.send(frame.toByteArray());
            Verdict verdict = Verdict.fromBytes(link.receive());
            if (!verdict.refusal().isEmpty()) {
                throw new RendezvousException(verdict.refusal());
            }
            return verdict;
        } catch (AuthenticatedLink.NotAuthenticException e) {
            throw new RendezvousException("rank " + self.rank() + " and whoever listens at " + rendezvous.point() + " do not share a secret (" + e.getMessage()
                    + "): give all ranks the same " + Rendezvous.SECRET_VARIABLE, e);
        } catch (EOFException e) {
            throw new RendezvousException("rank 0 ended while the ranks were meeting at " + rendezvous.point(), e);
        } catch (SocketTimeoutException e) {
            throw new RendezvousException("rank 0 did not answer rank " + self.rank() + " at " + rendezvous.point(), e);
        }
    }

    private void connectToLowerRanks(List<InetSocketAddress> addresses) throws IOException {
        for (int peer = 1; peer < self.rank(); peer++) {
            SocketChannel channel = SocketChannel.open(addresses.get(peer - 1));
            channels.set(peer, channel);
            AuthenticatedLink link = new AuthenticatedLink(channel, false, rendezvous.secret(), rendezvous.meetingTimeout());
            link.send(ByteBuffer.allocate(Integer.BYTES).putInt(self.rank()).array());
            link.receive();
        }
    }

    private void acceptHigherRanks(LinkListener listener) throws IOException {
        Deadline deadline = Deadline.in(rendezvous.meetingTimeout());
        for (int missing = self.worldSize() - 1 - self.rank(); missing > 0; missing--) {
            LinkListener.Visitor visitor = listener.next(deadline);
            if (visitor == null) {
                throw new RendezvousException("rank " + self.rank() + " was not reached by " + missing + " of the higher ranks within "
                        + rendezvous.meetingTimeout().toSeconds() + " s");
            }
            int peer = ByteBuffer.wrap(visitor.firstFrame()).getInt();
            visitor.link().send(new byte[0]);
            channels.set(peer, visitor.link().channel());
        }
    }

    private void closeChannels(Exception cause) {
        for (SocketChannel channel : channels) {
            try {
                if (channel != null) {
                    channel.close();
                }
            } catch (IOException e) {
                cause.addSuppressed(e);
            }
        }
    }
}
