package crosscut.kernels.collective;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A connection to every other rank, and the one way in which bytes move over them. The calling thread sends and receives whatever any peer is ready for, so
 * that no order of arrival and no size of message can make ranks wait for each other in a circle.
 */
final class SocketMesh implements AutoCloseable {

    private static final Consumer<SelectionKey> LOOK_AGAIN = _ -> {};

    private final int rank;
    private final SocketChannel[] channels;
    private final SelectionKey[] keys;
    private final Selector selector;
    private final Duration timeout;
    private final boolean hasChecksums;
    private final boolean reachesOtherMachines;
    private int number;
    private CollectiveException failure;

    /**
     * Takes over connected channels.
     *
     * @param channels one per rank, null for the own
     * @param timeout longest wait for a peer within one exchange
     * @param hasChecksums whether messages carry a checksum of what they bring
     */
    SocketMesh(int rank, List<SocketChannel> channels, Duration timeout, boolean hasChecksums) throws IOException {
        this.rank = rank;
        this.hasChecksums = hasChecksums;
        this.channels = channels.toArray(SocketChannel[]::new);
        this.keys = new SelectionKey[this.channels.length];
        this.selector = Selector.open();
        this.timeout = timeout;
        boolean anotherMachine = false;
        for (int peer = 0; peer < this.channels.length; peer++) {
            if (peer != rank) {
                this.channels[peer].configureBlocking(false);
                anotherMachine |= isOnAnotherMachine(this.channels[peer]);
                keys[peer] = this.channels[peer].register(selector, 0);
            }
        }
        reachesOtherMachines = anotherMachine;
    }

    int rank() {
        return rank;
    }

    int size() {
        return channels.length;
    }

    /** A message to or from {@code peer}, of what lies or goes there; {@code arena} owns what it needs besides. */
    WireMessage message(int peer, MemorySegment[] pieces, Arena arena) {
        return new WireMessage(peer, pieces, hasChecksums, arena);
    }

    /** True when some rank has another address than this one. */
    boolean reachesOtherMachines() {
        return reachesOtherMachines;
    }

    /** The address of another rank. */
    InetAddress addressOf(int peer) throws IOException {
        return ((InetSocketAddress) channels[peer].getRemoteAddress()).getAddress();
    }

    private static boolean isOnAnotherMachine(SocketChannel channel) throws IOException {
        return channel.getLocalAddress() instanceof InetSocketAddress here && channel.getRemoteAddress() instanceof InetSocketAddress there
                && !here.getAddress().equals(there.getAddress());
    }

    /**
     * Moves all messages of one exchange and returns when all have moved.
     *
     * @param outgoing one per rank, null for nothing
     * @param incoming one per rank, null for nothing
     */
    void exchange(CollectiveKind kind, WireMessage[] outgoing, WireMessage[] incoming) {
        if (failure != null) {
            throw new CollectiveException("no " + kind.text() + " after an earlier failure: " + failure.getMessage(), failure);
        }
        try {
            number++;
            start(kind, outgoing, incoming);
            long lastProgress = System.nanoTime();
            while (true) {
                boolean progress = move(kind, outgoing, incoming);
                if (isDone(outgoing) && isDone(incoming)) {
                    return;
                }
                if (progress) {
                    lastProgress = System.nanoTime();
                } else {
                    await(kind, outgoing, incoming, lastProgress);
                }
            }
        } catch (CollectiveException e) {
            failure = e;
            throw e;
        }
    }

    private void start(CollectiveKind kind, WireMessage[] outgoing, WireMessage[] incoming) {
        for (int peer = 0; peer < channels.length; peer++) {
            if (outgoing[peer] != null) {
                outgoing[peer].startSending(number, kind);
            }
            if (incoming[peer] != null) {
                incoming[peer].startReceiving();
            }
        }
    }

    private static boolean isDone(WireMessage[] messages) {
        for (WireMessage message : messages) {
            if (message != null && !message.isDone()) {
                return false;
            }
        }
        return true;
    }

    /** Goes round all peers once, each rank from its own neighbour on, so that not all talk to the same one first. */
    private boolean move(CollectiveKind kind, WireMessage[] outgoing, WireMessage[] incoming) {
        boolean progress = false;
        for (int i = 1; i < channels.length; i++) {
            int peer = (rank + i) % channels.length;
            try {
                if (isPending(outgoing[peer])) {
                    progress |= outgoing[peer].send(channels[peer]);
                }
                if (isPending(incoming[peer])) {
                    progress |= incoming[peer].receive(channels[peer], number, kind);
                }
            } catch (IOException e) {
                throw new PeerLostException(peer, kind.text(), e);
            }
        }
        return progress;
    }

    private static boolean isPending(WireMessage message) {
        return message != null && !message.isDone();
    }

    private void await(CollectiveKind kind, WireMessage[] outgoing, WireMessage[] incoming, long lastProgress) {
        long remaining = timeout.toMillis() - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lastProgress);
        if (remaining <= 0) {
            throw new CollectiveException("rank " + rank + " waited " + timeout.toSeconds() + " s in " + kind.text() + " for "
                    + pendingPeers(outgoing, incoming));
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new CollectiveException("rank " + rank + " was interrupted in " + kind.text());
        }
        for (int peer = 0; peer < channels.length; peer++) {
            if (peer != rank) {
                int interest = (isPending(outgoing[peer]) ? SelectionKey.OP_WRITE : 0) | (isPending(incoming[peer]) ? SelectionKey.OP_READ : 0);
                if (keys[peer].interestOps() != interest) {
                    keys[peer].interestOps(interest);
                }
            }
        }
        try {
            selector.select(LOOK_AGAIN, remaining);
        } catch (IOException e) {
            throw new CollectiveException("rank " + rank + " cannot wait in " + kind.text() + ": " + e.getMessage(), e);
        }
    }

    private String pendingPeers(WireMessage[] outgoing, WireMessage[] incoming) {
        List<String> peers = new ArrayList<>();
        for (int peer = 0; peer < channels.length; peer++) {
            if (isPending(outgoing[peer]) || isPending(incoming[peer])) {
                peers.add(String.valueOf(peer));
            }
        }
        return (peers.size() == 1 ? "rank " : "ranks ") + String.join(", ", peers);
    }

    @Override
    public void close() {
        try {
            for (SocketChannel channel : channels) {
                if (channel != null) {
                    channel.close();
                }
            }
            selector.close();
        } catch (IOException e) {
            throw new CollectiveException("rank " + rank + " cannot close its connections: " + e.getMessage(), e);
        }
    }
}
