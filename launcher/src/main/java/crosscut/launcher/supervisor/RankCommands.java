package crosscut.launcher.supervisor;

import crosscut.kernels.collective.Rendezvous;
import crosscut.kernels.device.ProcessMemory;
import crosscut.launcher.doctor.CpuTopology;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Builds the ranks' command lines.
 *
 * @param ranks number of ranks on this machine
 * @param threads CPU threads of each rank
 * @param memoryBytes physical memory of the machine, 0 where unknown
 * @param mainClass what a rank runs
 * @param processors hardware threads that each rank is bound to; an empty list where it is not
 */
public record RankCommands(int ranks, int threads, long memoryBytes, String mainClass, List<List<Integer>> processors) {

    private static final long MEBIBYTE = 1L << 20;
    private static final long SMALLEST_HEAP = 256 * MEBIBYTE;
    private static final long LARGEST_HEAP = 4096 * MEBIBYTE;

    public RankCommands {
        processors = List.copyOf(processors);
    }

    /** Those of ranks that are not bound to processors. */
    public RankCommands(int ranks, int threads, long memoryBytes, String mainClass) {
        this(ranks, threads, memoryBytes, mainClass, Collections.nCopies(ranks, List.of()));
    }

    /**
     * One command per rank.
     *
     * @param nodes the machines of the run
     * @param flags arguments of the main class
     */
    public List<RankCommand> build(Nodes nodes, List<String> flags) {
        int first = nodes.node() * ranks;
        return IntStream.range(first, first + ranks)
                .mapToObj(rank -> new RankCommand(rank, environment(rank, nodes), arguments(processors.get(rank - first), flags))).toList();
    }

    private Map<String, String> environment(int rank, Nodes nodes) {
        return Map.of(RankCommand.RANK_VARIABLE, String.valueOf(rank), RankCommand.WORLD_SIZE_VARIABLE, String.valueOf(nodes.count() * ranks),
                RankCommand.RENDEZVOUS_VARIABLE, nodes.meetingPlace().point(), Rendezvous.SECRET_VARIABLE, nodes.meetingPlace().secret());
    }

    private List<String> arguments(List<Integer> bound, List<String> flags) {
        List<String> arguments = new ArrayList<>();
        if (!bound.isEmpty()) {
            // Threads inherit it only from their start on, so the JVM has to start with it. Memory is then that of the node whose thread first writes it.
            arguments.addAll(List.of("taskset", "-c", CpuTopology.list(bound)));
        }
        arguments.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // The manifest's Enable-Native-Access counts for java -jar only, and nothing but the command line resolves the vector module.
        arguments.add("--enable-native-access=ALL-UNNAMED");
        arguments.add("--add-modules");
        arguments.add("jdk.incubator.vector");
        arguments.add("-Xms" + ProcessMemory.INITIAL_HEAP / MEBIBYTE + "m");
        arguments.add("-Xmn" + ProcessMemory.YOUNG_HEAP / MEBIBYTE + "m");
        arguments.add("-Xmx" + heapBytes() / MEBIBYTE + "m");
        // The step allocates nothing on the heap, and before its code is compiled only garbage: the collector with the least memory of its own is the best one.
        arguments.add("-XX:+UseSerialGC");
        arguments.add("-XX:CICompilerCount=" + ProcessMemory.compilers(threads));
        arguments.add("-cp");
        arguments.add(absoluteClassPath());
        arguments.add(mainClass);
        arguments.addAll(flags);
        return arguments;
    }

    /** A share of the machine: tensors and tables lie outside the heap, which holds bookkeeping and the scores of an evaluation. */
    private long heapBytes() {
        return Math.clamp(memoryBytes / (8L * ranks), SMALLEST_HEAP, LARGEST_HEAP);
    }

    private static String absoluteClassPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator)).map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
