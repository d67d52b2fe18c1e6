package crosscut.simulator.mutation;

import crosscut.simulator.SimulatorOptions;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Runs recorded launches of a module's kernels with one mutation after the other, and says which of them changed a byte of memory or made a check speak. */
public final class MutationRun {

    private final LaunchRecorder recorder;
    private final SimulatorOptions options;
    private final List<MutationResult> results = new ArrayList<>();
    private final Map<RecordedLaunch, RecordedLaunch.Outcome> originals = new IdentityHashMap<>();

    /** A run of launches that {@code recorder} has kept, with the same options for original and mutant. */
    public MutationRun(LaunchRecorder recorder, SimulatorOptions options) {
        this.recorder = recorder;
        this.options = options;
    }

    /** Tries mutations of the PTX that the recorded launches were made with. */
    public void run(String ptx, List<PtxMutation> mutations) {
        String kernel = "";
        String excerpt = "";
        for (PtxMutation mutation : mutations) {
            if (!mutation.kernel().equals(kernel)) {
                kernel = mutation.kernel();
                excerpt = KernelExcerpt.of(ptx, kernel);
                originals.clear();
            }
            results.add(attempt(mutation, excerpt, recorder.launches(ptx, kernel)));
        }
    }

    private MutationResult attempt(PtxMutation mutation, String excerpt, List<RecordedLaunch> launches) {
        String mutant = mutation.apply(excerpt);
        boolean differs = false;
        String finding = "";
        for (RecordedLaunch launch : launches) {
            RecordedLaunch.Outcome original = originals.computeIfAbsent(launch, missing -> launch.replay(excerpt, options));
            RecordedLaunch.Outcome changed = launch.replay(mutant, options);
            differs |= !changed.equalsMemory(original);
            if (finding.isEmpty()) {
                finding = changed.findings().stream().filter(found -> !original.findings().contains(found)).findFirst().orElse("");
            }
            if (differs && !finding.isEmpty() || finding.startsWith("fault")) {
                break;
            }
        }
        return new MutationResult(mutation, launches.size(), differs, finding);
    }

    /** What has come out so far, in the order of the mutations. */
    public List<MutationResult> results() {
        return List.copyOf(results);
    }

    /** A table: kind, mutations, noticed, noticed by checks only, not noticed, without a launch of the kernel. */
    public String score() {
        StringBuilder table = new StringBuilder("| mutation | all | noticed | of them by checks only | not noticed | kernel never launched |\n");
        table.append("|---|---|---|---|---|---|\n");
        Map<MutationKind, List<MutationResult>> byKind = new TreeMap<>();
        results.forEach(result -> byKind.computeIfAbsent(result.mutation().kind(), missing -> new ArrayList<>()).add(result));
        byKind.forEach((kind, ofKind) -> {
            long noticed = ofKind.stream().filter(MutationResult::isNoticed).count();
            long unlaunched = ofKind.stream().filter(result -> result.launches() == 0).count();
            long byChecksOnly = ofKind.stream().filter(MutationResult::isNoticedByChecksOnly).count();
            table.append(String.format("| %s | %d | %d | %d | %d | %d |%n", kind, ofKind.size(), noticed, byChecksOnly, ofKind.size() - noticed - unlaunched,
                    unlaunched));
        });
        return table.toString();
    }

    /** The mutations that launches did not notice, one a line. */
    public List<String> survivors() {
        return results.stream().filter(result -> !result.isNoticed() && result.launches() > 0).map(result -> result.mutation().toString()).toList();
    }

    /** Kernels with mutations of which there was no launch. */
    public Set<String> unlaunched() {
        return results.stream().filter(result -> result.launches() == 0).map(result -> result.mutation().kernel())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
