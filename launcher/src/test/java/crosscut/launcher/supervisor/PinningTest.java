package crosscut.launcher.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.engine.UserException;
import crosscut.launcher.doctor.CpuTopology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PinningTest {

    /** Two nodes of four cores of two hardware threads each, the second ones numbered after all first ones, as Linux does. */
    private static CpuTopology twoNodes(Path root, String allowed) throws IOException {
        write(root, "proc/self/status", "Name:\tjava\nCpus_allowed:\tffff\nCpus_allowed_list:\t" + allowed + "\n");
        write(root, "sys/devices/system/node/node0/cpulist", "0-3,8-11\n");
        write(root, "sys/devices/system/node/node1/cpulist", "4-7,12-15\n");
        write(root, "sys/devices/system/node/possible", "0-1\n");
        for (int processor = 0; processor < 16; processor++) {
            write(root, "sys/devices/system/cpu/cpu" + processor + "/topology/thread_siblings_list", processor % 8 + "," + (processor % 8 + 8) + "\n");
        }
        write(root, "sys/bus/pci/devices/0000:1b:00.0/numa_node", "1\n");
        write(root, "sys/bus/pci/devices/0000:2b:00.0/numa_node", "-1\n");
        return CpuTopology.read(root);
    }

    private static void write(Path root, String name, String text) throws IOException {
        Files.createDirectories(root.resolve(name).getParent());
        Files.writeString(root.resolve(name), text);
    }

    private static String text(List<List<Integer>> processors) {
        return processors.stream().map(CpuTopology::list).collect(Collectors.joining(" | "));
    }

    private static List<OptionalInt> withoutGpus(int ranks) {
        return Collections.nCopies(ranks, OptionalInt.empty());
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            NONE ; 2; 0-15; ' | '
            NUMA ; 1; 0-15; 4-7,12-15
            NUMA ; 2; 0-15; 0-3,8-11 | 4-7,12-15
            NUMA ; 3; 0-15; 0-3,8-11 | 4-7,12-15 | 4-7,12-15
            NUMA ; 2; 0-7 ; 0-3 | 4-7
            NUMA ; 2; 1,9 ; ' | '
            CORES; 2; 0-15; 0-3,8-11 | 4-7,12-15
            CORES; 4; 0-15; 0-1,8-9 | 2-3,10-11 | 4-5,12-13 | 6-7,14-15
            CORES; 8; 0-15; 0,8 | 1,9 | 2,10 | 3,11 | 4,12 | 5,13 | 6,14 | 7,15
            CORES; 3; 1-6 ; 1-3 | 4 | 5-6
            """)
    void ranksAreSpreadOverNodesAndCores(Pinning pinning, int ranks, String allowed, String expected, @TempDir Path root) throws IOException {
        assertThat(text(pinning.processors(twoNodes(root, allowed), withoutGpus(ranks)))).isEqualTo(expected);
    }

    @Test
    void aRankStaysBesideItsGpu(@TempDir Path root) throws IOException {
        CpuTopology topology = twoNodes(root, "0-15");
        assertThat(CpuTopology.nodeOf(root, "0000:1B:00.0")).hasValue(1);
        assertThat(CpuTopology.nodeOf(root, "0000:2B:00.0")).isEmpty();
        assertThat(CpuTopology.nodeOf(root, "0000:3B:00.0")).isEmpty();
        List<OptionalInt> nodes = List.of(OptionalInt.of(1), OptionalInt.of(0), OptionalInt.of(1), OptionalInt.of(7));
        assertThat(text(Pinning.CORES.processors(topology, nodes))).isEqualTo("4,12 | 0-3,8-11 | 5,13 | 6-7,14-15");
        assertThat(text(Pinning.NUMA.processors(topology, nodes))).isEqualTo("4-7,12-15 | 0-3,8-11 | 4-7,12-15 | 4-7,12-15");
    }

    @Test
    void moreRanksThanCoresAreRefused(@TempDir Path root) throws IOException {
        CpuTopology topology = twoNodes(root, "0,4");
        assertThatThrownBy(() -> Pinning.CORES.processors(topology, withoutGpus(3))).isInstanceOf(UserException.class).hasMessage("--pin cores: 2 ranks cannot "
                + "have a core each, NUMA node 1 has 1 that can be used: start fewer ranks with --np, or use --pin none");
    }

    @Test
    void nothingIsBoundWhereTheSystemDoesNotSay(@TempDir Path root) {
        assertThat(text(Pinning.CORES.processors(CpuTopology.read(root), withoutGpus(2)))).isEqualTo(" | ");
    }

    @Property(tries = 200)
    void everyRankGetsCoresOfItsOwn(@ForAll @IntRange(min = 1, max = 40) int cores, @ForAll @IntRange(min = 1, max = 40) int ranks) {
        int most = Math.min(ranks, cores);
        CpuTopology topology = new CpuTopology(List.of(new CpuTopology.Node(0, IntStream.range(0, cores).mapToObj(List::of).toList())));
        List<List<Integer>> processors = Pinning.CORES.processors(topology, withoutGpus(most));
        assertThat(processors).hasSize(most).noneMatch(List::isEmpty);
        assertThat(processors.stream().flatMap(List::stream)).doesNotHaveDuplicates().hasSize(cores);
    }

    @Test
    void aBoundRankIsStartedByTaskset() {
        List<RankCommand> commands = new RankCommands(2, 1, 0, "Main", List.of(List.of(0, 1, 2, 8), List.of())).build(Nodes.single(), List.of());
        assertThat(commands.getFirst().arguments()).startsWith("taskset", "-c", "0-2,8").contains("Main");
        assertThat(commands.getLast().arguments()).doesNotContain("taskset");
    }
}
