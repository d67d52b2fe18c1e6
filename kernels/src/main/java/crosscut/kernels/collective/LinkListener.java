package crosscut.kernels.collective;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** Accepts connections from other ranks. A stranger who connects, stays silent or knows no secret costs a little time and is otherwise ignored. */
final class LinkListener implements AutoCloseable {

    /** A rank speaks at once; whoever is silent for so long is none. */
    private static final Duration GREETING_TIMEOUT = Duration.ofSeconds(5);

    private final ServerSocketChannel server;
    private final String secret;
    private int refused;

    /** A connection and the first frame that came over it. */
    record Visitor(AuthenticatedLink link, byte[] firstFrame) {}

    LinkListener(InetSocketAddress address, String secret) throws IOException {
        this.secret = secret;
        this.server = ServerSocketChannel.open();
        try {
            server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            server.bind(address);
        } catch (IOException e) {
            server.close();
            throw new IOException("cannot listen at " + address + " (" + e.getMessage() + ")", e);
        }
    }

    InetSocketAddress address() throws IOException {
        return (InetSocketAddress) server.getLocalAddress();
    }

    /** Connections refused so far. */
    int refused() {
        return refused;
    }

    /** Waits for the next rank; null when the time is over. */
    Visitor next(Deadline deadline) throws IOException {
        while (!deadline.isOver()) {
            SocketChannel channel = accept(deadline);
            Visitor visitor = channel == null ? null : greet(channel);
            if (visitor != null) {
                return visitor;
            }
        }
        return null;
    }

    private SocketChannel accept(Deadline deadline) throws IOException {
        server.socket().setSoTimeout(Math.max(1, Math.toIntExact(deadline.remaining().toMillis())));
        try {
            return server.socket().accept().getChannel();
        } catch (SocketTimeoutException _) {
            // The caller looks at the deadline.
            return null;
        }
    }

    private Visitor greet(SocketChannel channel) throws IOException {
        AuthenticatedLink link = null;
        try {
            link = new AuthenticatedLink(channel, true, secret, GREETING_TIMEOUT);
            return new Visitor(link, link.receive());
        } catch (AuthenticatedLink.NotAuthenticException _) {
            refused++;
            // A frame under our secret tells a rank that merely has another one what is wrong.
            if (link != null) {
                link.send(new byte[0]);
            }
        } catch (IOException _) {
            // Went away or stayed silent: not a rank of ours, or one whose own message says why.
            refused++;
        }
        channel.close();
        return null;
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
