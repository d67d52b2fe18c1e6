package crosscut.launcher.supervisor;

import crosscut.engine.UserException;
import crosscut.launcher.doctor.CpuTopology;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** What binds ranks to processors, so that the system neither moves them nor lets them use memory of another NUMA node. */
public enum Pinning {
    /** Nothing. */
    NONE,
    /** A rank stays on one NUMA node, that of its GPU where it has one. Means nothing on a machine that has only one. */
    NUMA,
    /** A rank has cores of its own, all of one NUMA node. */
    CORES;

    /** As flags spell it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The processors of each rank on this machine, in the order of ranks; an empty list where a rank is not bound.
     *
     * @param topology what there is
     * @param gpuNodes the NUMA node of each rank's GPU; empty where unknown or where there is no GPU
     * @throws UserException when there are more ranks than cores to give them
     */
    public List<List<Integer>> processors(CpuTopology topology, List<OptionalInt> gpuNodes) {
        int ranks = gpuNodes.size();
        if (this == NONE || topology.nodes().isEmpty() || this == NUMA && topology.nodes().size() == 1) {
            return Collections.nCopies(ranks, List.of());
        }
        List<CpuTopology.Node> nodes = nodes(topology, gpuNodes);
        return IntStream.range(0, ranks).mapToObj(rank -> processors(nodes, rank)).toList();
    }

    /** The node of each rank: its GPU's, else one by the number of cores, neighbours together. */
    private static List<CpuTopology.Node> nodes(CpuTopology topology, List<OptionalInt> gpuNodes) {
        int ranks = gpuNodes.size();
        List<CpuTopology.Node> nodeOfCore = new ArrayList<>();
        topology.nodes().forEach(node -> nodeOfCore.addAll(Collections.nCopies(node.cores().size(), node)));
        return IntStream.range(0, ranks).mapToObj(rank -> {
            CpuTopology.Node share = nodeOfCore.get((int) ((2L * rank + 1) * nodeOfCore.size() / (2L * ranks)));
            OptionalInt gpuNode = gpuNodes.get(rank);
            return topology.nodes().stream().filter(node -> gpuNode.isPresent() && gpuNode.getAsInt() == node.number()).findFirst().orElse(share);
        }).toList();
    }

    private List<Integer> processors(List<CpuTopology.Node> nodes, int rank) {
        List<List<Integer>> cores = nodes.get(rank).cores();
        if (this == NUMA) {
            return cores.stream().flatMap(List::stream).toList();
        }
        int[] neighbours = IntStream.range(0, nodes.size()).filter(other -> nodes.get(other).equals(nodes.get(rank))).toArray();
        if (neighbours.length > cores.size()) {
            throw new UserException("--pin cores: " + neighbours.length + " ranks cannot have a core each, NUMA node " + nodes.get(rank).number() + " has "
                    + cores.size() + " that can be used: start fewer ranks with --np, or use --pin none");
        }
        int place = (int) IntStream.of(neighbours).filter(other -> other < rank).count();
        return cores.subList(place * cores.size() / neighbours.length, (place + 1) * cores.size() / neighbours.length).stream().flatMap(List::stream).toList();
    }
}
