package crosscut.launcher.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Which processors this process may use and which of them share a memory, as Linux describes it.
 *
 * @param nodes the cores of each NUMA node that has any, in the order of their numbers
 */
public record CpuTopology(List<Node> nodes) {

    private static final String NODES = "sys/devices/system/node";
    private static final String ALLOWED = "Cpus_allowed_list:";

    /**
     * A NUMA node.
     *
     * @param number Linux' number of it
     * @param cores each as the numbers of its hardware threads
     */
    public record Node(int number, List<List<Integer>> cores) {
        public Node {
            cores = List.copyOf(cores);
        }
    }

    public CpuTopology {
        nodes = List.copyOf(nodes);
    }

    /**
     * Reads it below {@code root}.
     *
     * @param root where {@code proc} and {@code sys} lie: {@code /}
     * @return without nodes where the system does not say
     */
    public static CpuTopology read(Path root) {
        Set<Integer> allowed = allowed(root);
        TreeMap<Integer, Node> nodes = new TreeMap<>();
        try (Stream<Path> entries = Files.list(root.resolve(NODES))) {
            for (Path entry : entries.filter(path -> path.getFileName().toString().matches("node\\d+")).toList()) {
                int number = Integer.parseInt(entry.getFileName().toString().substring("node".length()));
                List<List<Integer>> cores = cores(root, numbers(text(entry.resolve("cpulist"))), allowed);
                if (!cores.isEmpty()) {
                    nodes.put(number, new Node(number, cores));
                }
            }
        } catch (IOException unknown) {
            return new CpuTopology(List.of());
        }
        return new CpuTopology(new ArrayList<>(nodes.values()));
    }

    /**
     * The NUMA node next to a device on the PCI bus; empty where the system does not say.
     *
     * @param busId such as {@code 0000:1b:00.0}
     */
    public static OptionalInt nodeOf(Path root, String busId) {
        try {
            int node = Integer.parseInt(text(root.resolve("sys/bus/pci/devices").resolve(busId.toLowerCase(Locale.ROOT)).resolve("numa_node")));
            return node < 0 ? OptionalInt.empty() : OptionalInt.of(node);
        } catch (IOException | NumberFormatException unknown) {
            return OptionalInt.empty();
        }
    }

    /** Hardware threads as Linux writes them: {@code 0-3,8}. */
    public static String list(List<Integer> processors) {
        List<Integer> sorted = processors.stream().sorted().toList();
        List<String> ranges = new ArrayList<>();
        for (int first = 0; first < sorted.size();) {
            int last = first;
            while (last + 1 < sorted.size() && sorted.get(last + 1) == sorted.get(last) + 1) {
                last++;
            }
            ranges.add(first == last ? String.valueOf(sorted.get(first)) : sorted.get(first) + "-" + sorted.get(last));
            first = last + 1;
        }
        return String.join(",", ranges);
    }

    private static Set<Integer> allowed(Path root) {
        try (Stream<String> lines = Files.lines(root.resolve("proc/self/status"))) {
            return lines.filter(line -> line.startsWith(ALLOWED)).limit(1).flatMap(line -> numbers(line.substring(ALLOWED.length())).stream())
                    .collect(Collectors.toSet());
        } catch (IOException unknown) {
            return Set.of();
        }
    }

    private static List<List<Integer>> cores(Path root, List<Integer> processors, Set<Integer> allowed) throws IOException {
        Set<List<Integer>> cores = new LinkedHashSet<>();
        for (int processor : processors) {
            if (allowed.contains(processor)) {
                Path siblings = root.resolve("sys/devices/system/cpu/cpu" + processor + "/topology/thread_siblings_list");
                cores.add(numbers(text(siblings)).stream().filter(allowed::contains).toList());
            }
        }
        return List.copyOf(cores);
    }

    private static List<Integer> numbers(String list) {
        return Stream.of(list.trim().split(",")).filter(range -> !range.isBlank()).flatMap(range -> {
            String[] ends = range.trim().split("-");
            return IntStream.rangeClosed(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1])).boxed();
        }).toList();
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file).trim();
    }
}
