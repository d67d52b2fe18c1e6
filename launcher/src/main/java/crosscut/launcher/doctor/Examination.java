package crosscut.launcher.doctor;

import crosscut.bindings.LibraryLoader;
import crosscut.kernels.device.ByteSize;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Everything the doctor looks at, in the order in which it is shown. */
public final class Examination {

    private static final Map<String, String> INSTRUCTION_SETS = Map.of(
            "avx2", "AVX2", "avx512f", "AVX-512", "avx512_bf16", "AVX-512 BF16", "amx_bf16", "AMX BF16");

    private final Machine machine;

    public Examination(Machine machine) {
        this.machine = machine;
    }

    /** Looks now. */
    public List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        findings.add(java());
        findings.add(system());
        findings.add(processor());
        findings.add(memory());
        findings.add(vectorModule());
        findings.addAll(new NativeLibraries(new LibraryLoader(), machine).findings());
        findings.add(new CacheFolders(System::getenv).finding());
        return findings;
    }

    private Finding java() {
        return new Finding("Java", Runtime.version() + ", " + System.getProperty("java.vendor") + ", in " + System.getProperty("java.home"));
    }

    private Finding system() {
        String distribution = machine.distribution();
        return new Finding("System", System.getProperty("os.name") + " " + System.getProperty("os.version") + " " + System.getProperty("os.arch")
                + (distribution.isEmpty() ? "" : ", " + distribution));
    }

    private Finding processor() {
        Set<String> flags = machine.processorFlags();
        String sets = INSTRUCTION_SETS.entrySet().stream().sorted(Map.Entry.comparingByValue())
                .map(set -> set.getValue() + (flags.contains(set.getKey()) ? " yes" : " no")).collect(Collectors.joining(", "));
        return new Finding("Processor", machine.processorName() + ", " + Runtime.getRuntime().availableProcessors() + " hardware threads on "
                + nodes() + "; " + sets);
    }

    private String nodes() {
        int nodes = CpuTopology.read(machine.root()).nodes().size();
        return nodes == 0 ? "an unknown number of NUMA nodes" : nodes + (nodes == 1 ? " NUMA node" : " NUMA nodes");
    }

    private Finding memory() {
        return new Finding("Memory", ByteSize.text(machine.memoryBytes()) + ", " + ByteSize.text(machine.availableMemoryBytes()) + " available");
    }

    private Finding vectorModule() {
        return new Finding("Vector API", ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent() ? "resolved in this JVM"
                : java.lang.module.ModuleFinder.ofSystem().find("jdk.incubator.vector").isPresent() ? "in this Java; ranks are started with it"
                : "missing from this Java: ranks cannot start, install a complete JDK 25");
    }
}
