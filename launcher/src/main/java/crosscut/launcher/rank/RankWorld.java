package crosscut.launcher.rank;

import crosscut.engine.UserException;
import crosscut.engine.parallel.World;
import crosscut.kernels.collective.Collectives;
import crosscut.kernels.collective.Member;
import crosscut.kernels.collective.Rendezvous;
import crosscut.kernels.collective.RendezvousPoint;
import crosscut.launcher.options.NodeOptions;
import crosscut.launcher.supervisor.RankCommand;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Joins the ranks that the environment variables of {@link RankCommand} tell of. */
final class RankWorld {

    /** Flags that may differ between machines. */
    private static final Set<String> OF_ONE_NODE = Set.of("node_rank", "threads");

    private RankWorld() {
    }

    /**
     * Meets the other ranks; a world of one where the environment tells of none.
     *
     * @param flags all flags by name, which must be the same on all ranks
     * @param nodes how long to wait
     * @param onDevice makes exchanges of host memory exchanges of what the ranks compute on
     */
    static World join(Map<String, String> environment, Map<String, Object> flags, NodeOptions nodes, UnaryOperator<Collectives> onDevice) {
        int size = size(environment);
        if (size == 1) {
            return World.single();
        }
        int rank = rank(environment);
        RendezvousPoint point = RendezvousPoint.parse(required(environment, RankCommand.RENDEZVOUS_VARIABLE));
        Rendezvous rendezvous = new Rendezvous(
                point, required(environment, Rendezvous.SECRET_VARIABLE), nodes.rendezvousTimeout(), nodes.exchangeTimeout(), nodes.checksExchanges());
        return new World(onDevice.apply(rendezvous.meet(new Member(rank, size, version(), texts(flags)))));
    }

    /** This process's rank; 0 where the environment tells of no others. */
    static int rank(Map<String, String> environment) {
        return size(environment) == 1 ? 0 : Integer.parseInt(required(environment, RankCommand.RANK_VARIABLE));
    }

    private static int size(Map<String, String> environment) {
        return Integer.parseInt(environment.getOrDefault(RankCommand.WORLD_SIZE_VARIABLE, "1"));
    }

    private static String required(Map<String, String> environment, String variable) {
        String value = environment.get(variable);
        if (value == null || value.isEmpty()) {
            throw new UserException("the environment variable " + variable + " is missing, but " + RankCommand.WORLD_SIZE_VARIABLE
                    + " is above 1: start the ranks with --np, or set it for each");
        }
        return value;
    }

    private static String version() {
        String version = RankWorld.class.getPackage().getImplementationVersion();
        return version == null ? "unpacked build" : version;
    }

    private static Map<String, String> texts(Map<String, Object> flags) {
        Map<String, String> texts = new TreeMap<>();
        flags.forEach((name, value) -> texts.put("--" + name, String.valueOf(value)));
        OF_ONE_NODE.forEach(name -> texts.remove("--" + name));
        return texts;
    }
}
