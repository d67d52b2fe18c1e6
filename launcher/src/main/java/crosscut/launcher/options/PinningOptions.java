package crosscut.launcher.options;

import crosscut.engine.UserException;
import crosscut.launcher.doctor.CpuTopology;
import crosscut.launcher.supervisor.Pinning;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Which processors the ranks of this machine run on. */
@FlagGroup("Device")
public final class PinningOptions {

    private static final Path ROOT = Path.of("/");

    @Option(names = "--pin", paramLabel = "KIND",
            description = "What keeps a rank's threads and memory together: numa: it stays on one NUMA node, its GPU's where it has one; cores: it gets cores of "
                    + "its own on such a node; none: nothing does. Needs taskset. Default: numa on machines with several nodes")
    private Pinning pinning;

    /**
     * Where ranks run.
     *
     * @param processors hardware threads of each rank on this machine, in the order of ranks; an empty list where a rank is not bound
     * @param remark what to tell about it, if anything
     */
    public record Binding(List<List<Integer>> processors, Optional<String> remark) {

        private static Binding none(int ranks, Optional<String> remark) {
            return new Binding(Collections.nCopies(ranks, List.of()), remark);
        }
    }

    /**
     * The processors of the ranks on this machine.
     *
     * @param device says what the ranks run on
     * @param environment of this process
     * @throws UserException when they cannot be bound as asked for
     */
    public Binding binding(DeviceOptions device, Map<String, String> environment) {
        List<OptionalInt> gpuNodes = device.kind() == DeviceKind.CUDA ? CudaProbe.busIds(device.ranks()).stream().map(id -> CpuTopology.nodeOf(ROOT, id)).toList()
                : Collections.nCopies(device.ranks(), OptionalInt.empty());
        Pinning kind = pinning == null ? Pinning.NUMA : pinning;
        List<List<Integer>> processors = kind.processors(CpuTopology.read(ROOT), gpuNodes);
        if (processors.stream().allMatch(List::isEmpty)) {
            return Binding.none(device.ranks(), Optional.empty());
        }
        if (hasTaskset(environment)) {
            return new Binding(processors, Optional.of("ranks run on CPUs " + processors.stream().map(CpuTopology::list).collect(Collectors.joining(" | "))));
        }
        if (pinning == null) {
            return Binding.none(device.ranks(), Optional.of("ranks are not kept on NUMA nodes: taskset is in no folder of PATH (it comes with util-linux)"));
        }
        throw new UserException("--pin " + pinning + " binds ranks with taskset, which is in no folder of PATH: install util-linux, or use --pin none");
    }

    private static boolean hasTaskset(Map<String, String> environment) {
        return Stream.of(environment.getOrDefault("PATH", "").split(File.pathSeparator)).anyMatch(folder -> Files.isExecutable(Path.of(folder, "taskset")));
    }
}
