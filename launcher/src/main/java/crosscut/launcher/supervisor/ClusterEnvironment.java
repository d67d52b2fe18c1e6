package crosscut.launcher.supervisor;

import crosscut.engine.UserException;
import java.util.Map;
import java.util.Optional;

/**
 * What a cluster's launcher tells its processes through environment variables: {@code srun} (SLURM_STEP_..., see its manual under OUTPUT ENVIRONMENT VARIABLES)
 * and Open MPI's {@code mpirun} (OMPI_COMM_WORLD_...). Both have to start one process per node, which starts the ranks.
 *
 * @param launcher its name, for messages
 * @param nodes how many
 * @param node this one
 * @param rendezvous {@code host:port}, empty where the launcher does not tell a host
 */
public record ClusterEnvironment(String launcher, int nodes, int node, String rendezvous) {

    /** Jobs on one machine get ports of their own; below the ports that systems give out by themselves. */
    private static final int FIRST_PORT = 20_000;
    private static final int PORTS = 10_000;

    /** Empty where no such launcher has started this process, or it has only one node. */
    public static Optional<ClusterEnvironment> of(Map<String, String> environment) {
        Optional<ClusterEnvironment> slurm = slurm(environment);
        return slurm.isPresent() ? slurm : openMpi(environment);
    }

    private static Optional<ClusterEnvironment> slurm(Map<String, String> environment) {
        int nodes = number(environment, "SLURM_STEP_NUM_NODES", 1);
        if (nodes == 1) {
            return Optional.empty();
        }
        int tasks = number(environment, "SLURM_STEP_NUM_TASKS", nodes);
        if (tasks != nodes) {
            throw new UserException("srun started " + tasks + " tasks on " + nodes + " nodes, but Crosscut starts its ranks itself: use "
                    + "srun --ntasks-per-node=1, and --np for the ranks of a node");
        }
        int port = FIRST_PORT + number(environment, "SLURM_JOB_ID", 0) % PORTS;
        String host = firstHost(environment.getOrDefault("SLURM_STEP_NODELIST", ""));
        return Optional.of(new ClusterEnvironment("Slurm", nodes, number(environment, "SLURM_NODEID", 0), host.isEmpty() ? "" : host + ":" + port));
    }

    private static Optional<ClusterEnvironment> openMpi(Map<String, String> environment) {
        int nodes = number(environment, "OMPI_COMM_WORLD_SIZE", 1);
        if (nodes == 1) {
            return Optional.empty();
        }
        int here = number(environment, "OMPI_COMM_WORLD_LOCAL_SIZE", 1);
        if (here != 1) {
            throw new UserException("mpirun started " + here + " processes on this node, but Crosscut starts its ranks itself: use "
                    + "mpirun --map-by ppr:1:node, and --np for the ranks of a node");
        }
        return Optional.of(new ClusterEnvironment("Open MPI", nodes, number(environment, "OMPI_COMM_WORLD_RANK", 0), ""));
    }

    private static int number(Map<String, String> environment, String name, int otherwise) {
        String value = environment.get(name);
        try {
            return value == null ? otherwise : Integer.parseInt(value);
        } catch (NumberFormatException notANumber) {
            throw new UserException("the environment variable " + name + " is " + value + " and not a number: use --nnodes, --node_rank and --rendezvous",
                    notANumber);
        }
    }

    /** The first of Slurm's list, such as {@code gpu[03-05,9],login}: node 0 of a step. */
    static String firstHost(String nodeList) {
        int bracket = nodeList.indexOf('[');
        int comma = nodeList.indexOf(',');
        if (bracket < 0 || comma >= 0 && comma < bracket) {
            return comma < 0 ? nodeList : nodeList.substring(0, comma);
        }
        int close = nodeList.indexOf(']');
        String first = nodeList.substring(bracket + 1, close).split("[-,]")[0];
        String rest = nodeList.substring(close + 1);
        return nodeList.substring(0, bracket) + first + (rest.contains(",") ? rest.substring(0, rest.indexOf(',')) : rest);
    }
}
