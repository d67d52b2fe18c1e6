package crosscut.kernels.collective;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Where the ranks meet: an address that all know, or a file in which rank 0 leaves the address that it got.
 *
 * @param address null where a file tells
 * @param file null where the address is known
 */
public record RendezvousPoint(InetSocketAddress address, Path file) {

    /**
     * Reads {@code host:port}, or the path of a file, which has a slash.
     *
     * @throws IllegalArgumentException when it is neither
     */
    public static RendezvousPoint parse(String text) {
        if (text.contains("/")) {
            return new RendezvousPoint(null, Path.of(text));
        }
        return new RendezvousPoint(parseAddress(text), null);
    }

    private static InetSocketAddress parseAddress(String text) {
        int colon = text.lastIndexOf(':');
        try {
            return new InetSocketAddress(text.substring(0, Math.max(0, colon)), Integer.parseInt(text.substring(colon + 1)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the rendezvous " + text + " is neither host:port nor the path of a file", e);
        }
    }

    /** Where rank 0 listens: the known address, or any free port of this machine. */
    InetSocketAddress toBind() {
        return address != null ? address : new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    /** Rank 0 tells where it listens. The file appears complete or not at all. */
    void publish(InetSocketAddress bound) throws IOException {
        if (file == null) {
            return;
        }
        Path unfinished = file.resolveSibling(file.getFileName() + ".writing");
        Files.writeString(unfinished, bound.getAddress().getHostAddress() + ":" + bound.getPort());
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Where rank 0 listens, null as long as it has not said so. */
    InetSocketAddress find() throws IOException {
        if (address != null) {
            return address;
        }
        return Files.exists(file) ? parseAddress(Files.readString(file)) : null;
    }

    @Override
    public String toString() {
        return file != null ? file.toString() : address.getHostString() + ":" + address.getPort();
    }
}
