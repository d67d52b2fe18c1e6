package crosscut.launcher.rank;

import crosscut.engine.UserException;
import crosscut.engine.parallel.World;
import crosscut.kernels.collective.Member;
import crosscut.kernels.collective.Rendezvous;
import crosscut.kernels.collective.RendezvousPoint;
import crosscut.launcher.supervisor.RankCommand;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** Joins the ranks that the environment variables of {@link RankCommand} tell of. */
final class RankWorld {

    /** Eight JVMs that start at once on two cores need ten seconds. */
    private static final Duration MEETING_TIMEOUT = Duration.ofMinutes(2);

    /** Longer than any checkpoint that one rank writes while the others wait; a rank that has died is noticed at once, not by this. */
    private static final Duration EXCHANGE_TIMEOUT = Duration.ofMinutes(30);

    private RankWorld() {
    }

    /**
     * Meets the other ranks; a world of one where the environment tells of none.
     *
     * @param flags all flags by name, which must be the same on all ranks
     */
    static World join(Map<String, String> environment, Map<String, Object> flags) {
        int size = Integer.parseInt(environment.getOrDefault(RankCommand.WORLD_SIZE_VARIABLE, "1"));
        if (size == 1) {
            return World.single();
        }
        int rank = Integer.parseInt(required(environment, RankCommand.RANK_VARIABLE));
        RendezvousPoint point = RendezvousPoint.parse(required(environment, RankCommand.RENDEZVOUS_VARIABLE));
        Rendezvous rendezvous = new Rendezvous(point, required(environment, Rendezvous.SECRET_VARIABLE), MEETING_TIMEOUT, EXCHANGE_TIMEOUT);
        return new World(rendezvous.meet(new Member(rank, size, version(), texts(flags))));
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
        return texts;
    }
}
