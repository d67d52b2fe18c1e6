package crosscut.launcher.options;

import crosscut.engine.UserException;
import crosscut.kernels.collective.Rendezvous;
import crosscut.kernels.collective.RendezvousPoint;
import crosscut.launcher.supervisor.ClusterEnvironment;
import crosscut.launcher.supervisor.MeetingPlace;
import crosscut.launcher.supervisor.Nodes;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** A run on several machines: the same command on each of them, with its own --node_rank. */
@FlagGroup("Several machines")
public final class NodeOptions {

    private static final int MOST_NODES = 1024;
    private static final int MOST_SECONDS = 86_400;

    @Option(names = "--nnodes", paramLabel = "N",
            description = "Number of machines; each starts --np ranks. Default: what srun or mpirun says, else 1")
    private Integer nodes;

    @Option(names = "--node_rank", paramLabel = "R", description = "Number of this machine, from 0. Default: what srun or mpirun says")
    private Integer node;

    @Option(names = "--rendezvous", paramLabel = "HOST:PORT",
            description = "Where rank 0 listens for the others: an address of machine 0 and a free port. All machines need the same text in the environment "
                    + "variable CROSSCUT_SECRET. Default: what srun says")
    private String rendezvous;

    @Option(names = "--rendezvous_timeout", paramLabel = "S", defaultValue = "120",
            description = "Seconds until all ranks must have met. Default: ${DEFAULT-VALUE}")
    private int rendezvousTimeout;

    @Option(names = "--exchange_timeout", paramLabel = "S", defaultValue = "1800",
            description = "Seconds that a rank waits for another one that says nothing, after which the run ends; more than a checkpoint takes. "
                    + "Default: ${DEFAULT-VALUE}")
    private int exchangeTimeout;

    @Option(names = "--check_exchanges", arity = "0..1", fallbackValue = "true", defaultValue = "false",
            description = "Send a checksum with everything that ranks exchange over sockets and compare it: finds faulty memory and networks. Ranks on GPUs "
                    + "exchange by NCCL, which has none. Default: ${DEFAULT-VALUE}")
    private boolean checkExchanges;

    /** Whether exchanges over sockets carry checksums. */
    public boolean checksExchanges() {
        return checkExchanges;
    }

    /** How long ranks wait for each other at the start. */
    public Duration rendezvousTimeout() {
        return Duration.ofSeconds(rendezvousTimeout);
    }

    /** How long a rank waits for another that says nothing. */
    public Duration exchangeTimeout() {
        return Duration.ofSeconds(exchangeTimeout);
    }

    void check() {
        requireSeconds("--rendezvous_timeout", rendezvousTimeout);
        requireSeconds("--exchange_timeout", exchangeTimeout);
    }

    private static void requireSeconds(String flag, int seconds) {
        if (seconds < 1 || seconds > MOST_SECONDS) {
            throw new UserException(flag + " " + seconds + " must be at least 1 second and at most " + MOST_SECONDS);
        }
    }

    /** Number of machines. */
    public int count(Map<String, String> environment) {
        int count = nodes != null ? nodes : ClusterEnvironment.of(environment).map(ClusterEnvironment::nodes).orElse(1);
        if (count < 1 || count > MOST_NODES) {
            throw new UserException("--nnodes " + count + " must be at least 1 and at most " + MOST_NODES);
        }
        return count;
    }

    /**
     * The machines of this run.
     *
     * @throws UserException naming what is missing or does not fit
     */
    public Nodes toNodes(Map<String, String> environment) {
        int count = count(environment);
        if (count == 1) {
            if (node != null && node != 0) {
                throw new UserException("--node_rank " + node + " needs --nnodes");
            }
            return Nodes.single();
        }
        Optional<ClusterEnvironment> cluster = nodes != null ? Optional.empty() : ClusterEnvironment.of(environment);
        Integer here = node != null ? node : cluster.map(ClusterEnvironment::node).orElse(null);
        if (here == null || here < 0 || here >= count) {
            throw new UserException("--nnodes " + count + " needs --node_rank 0 to " + (count - 1) + " on each machine, not " + here);
        }
        return new Nodes(count, here, new MeetingPlace(point(count, cluster), secret(environment, count)));
    }

    private String point(int count, Optional<ClusterEnvironment> cluster) {
        String point = rendezvous != null ? rendezvous : cluster.map(ClusterEnvironment::rendezvous).orElse("");
        if (point.isEmpty() || point.contains("/")) {
            throw new UserException("a run on " + count + " machines needs --rendezvous HOST:PORT, an address of machine 0 and a free port"
                    + (point.isEmpty() ? "" : ", not " + point));
        }
        try {
            RendezvousPoint.parse(point);
            InetAddress.getByName(point.substring(0, point.lastIndexOf(':')));
        } catch (IllegalArgumentException notAnAddress) {
            throw new UserException("--rendezvous " + point + " must be HOST:PORT", notAnAddress);
        } catch (UnknownHostException unknown) {
            throw new UserException("--rendezvous " + point + ": no machine of this name is known here", unknown);
        }
        return point;
    }

    private static String secret(Map<String, String> environment, int count) {
        String secret = environment.getOrDefault(Rendezvous.SECRET_VARIABLE, "");
        if (secret.isEmpty()) {
            throw new UserException("a run on " + count + " machines needs the environment variable " + Rendezvous.SECRET_VARIABLE
                    + ": the same long random text on all of them, such as openssl rand -hex 32 prints");
        }
        return secret;
    }
}
