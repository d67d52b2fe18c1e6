package crosscut.kernels.collective;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Rank 0's side of the rendezvous: collects all, checks them against itself, and tells all of all. */
final class FirstRankMeeting {

    private final Rendezvous rendezvous;
    private final Member self;
    private final AuthenticatedLink[] links;
    private final InetSocketAddress[] addresses;
    private int present = 1;

    FirstRankMeeting(Rendezvous rendezvous, Member self) {
        this.rendezvous = rendezvous;
        this.self = self;
        this.links = new AuthenticatedLink[self.worldSize()];
        this.addresses = new InetSocketAddress[self.worldSize()];
    }

    /** Connections to all ranks, null for rank 0 itself. */
    List<SocketChannel> connect() throws IOException {
        try (LinkListener listener = new LinkListener(rendezvous.point().toBind(), rendezvous.secret())) {
            rendezvous.point().publish(listener.address());
            return connect(listener);
        }
    }

    /** Connections to all ranks, which know where {@code listener} listens. */
    List<SocketChannel> connect(LinkListener listener) throws IOException {
        try {
            Deadline deadline = Deadline.in(rendezvous.meetingTimeout());
            while (present < self.worldSize()) {
                LinkListener.Visitor visitor = listener.next(deadline);
                if (visitor == null) {
                    throw refuse(missing(listener.refused()));
                }
                admit(visitor);
            }
            tellAll(new Verdict("", Arrays.asList(addresses).subList(1, addresses.length)));
            return Arrays.stream(links).map(link -> link == null ? null : link.channel()).collect(Collectors.toCollection(ArrayList::new));
        } catch (IOException | RuntimeException e) {
            closeLinks(e);
            throw e;
        }
    }

    private void admit(LinkListener.Visitor visitor) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(visitor.firstFrame()));
        InetSocketAddress address = Verdict.readAddress(in);
        Member member = Member.fromBytes(in.readAllBytes());
        List<String> differences = member.differencesFrom(self);
        if (!differences.isEmpty()) {
            String refusal = "rank " + member.rank() + " does not fit rank 0: " + String.join("; ", differences);
            visitor.link().send(new Verdict(refusal, List.of()).toBytes());
            throw refuse(refusal);
        }
        if (member.rank() == 0 || links[member.rank()] != null) {
            String refusal = "two processes say that they are rank " + member.rank();
            visitor.link().send(new Verdict(refusal, List.of()).toBytes());
            throw refuse(refusal);
        }
        links[member.rank()] = visitor.link();
        addresses[member.rank()] = address;
        present++;
    }

    private String missing(int refused) {
        List<String> ranks = IntStream.range(1, links.length).filter(rank -> links[rank] == null).mapToObj(String::valueOf).toList();
        return (ranks.size() == 1 ? "rank " : "ranks ") + String.join(", ", ranks) + " of " + links.length + " did not come to the rendezvous at "
                + rendezvous.point() + " within " + rendezvous.meetingTimeout().toSeconds() + " s"
                + (refused == 0 ? "" : "; " + refused + " connections without the right secret were refused");
    }

    private RendezvousException refuse(String refusal) throws IOException {
        tellAll(new Verdict(refusal, List.of()));
        return new RendezvousException(refusal);
    }

    private void tellAll(Verdict verdict) throws IOException {
        for (AuthenticatedLink link : links) {
            if (link != null) {
                link.send(verdict.toBytes());
            }
        }
    }

    private void closeLinks(Exception cause) {
        for (AuthenticatedLink link : links) {
            try {
                if (link != null) {
                    link.close();
                }
            } catch (IOException e) {
                cause.addSuppressed(e);
            }
        }
    }
}
