package crosscut.launcher.rank;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Two hosts that are network namespaces of this machine, with a cable between them that can be cut. */
final class NetworkOfHosts implements AutoCloseable {

    private static final List<String> ADDRESSES = List.of("10.77.0.1", "10.77.0.2");

    private final String name = "crosscut" + ProcessHandle.current().pid();

    /** Makes them; throws with the system's reason where that is not allowed. */
    NetworkOfHosts() throws IOException, InterruptedException {
        try {
            for (int host = 0; host < 2; host++) {
                run("ip", "netns", "add", host(host));
            }
            run("ip", "-n", host(0), "link", "add", "cable", "type", "veth", "peer", "name", "cable", "netns", host(1));
            for (int host = 0; host < 2; host++) {
                run("ip", "-n", host(host), "addr", "add", ADDRESSES.get(host) + "/24", "dev", "cable");
                run("ip", "-n", host(host), "link", "set", "lo", "up");
                run("ip", "-n", host(host), "link", "set", "cable", "up");
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private String host(int host) {
        return name + (host == 0 ? "a" : "b");
    }

    String address(int host) {
        return ADDRESSES.get(host);
    }

    /** A command that runs on a host. */
    List<String> on(int host, List<String> command) {
        List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", host(host)));
        words.addAll(command);
        return words;
    }

    /** Loses all packets in both directions, without a word to either side. */
    void cut() throws IOException, InterruptedException {
        for (int host = 0; host < 2; host++) {
            run("ip", "-n", host(host), "route", "add", "blackhole", ADDRESSES.get(1 - host) + "/32");
        }
    }

    void mend() throws IOException, InterruptedException {
        for (int host = 0; host < 2; host++) {
            run("ip", "-n", host(host), "route", "del", "blackhole", ADDRESSES.get(1 - host) + "/32");
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(20, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output.strip());
        }
    }

    @Override
    public void close() {
        for (int host = 0; host < 2; host++) {
            try {
                run("ip", "netns", "del", host(host));
            } catch (IOException neverMade) {
                continue;
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
