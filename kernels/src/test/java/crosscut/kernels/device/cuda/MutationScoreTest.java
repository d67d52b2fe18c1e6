package crosscut.kernels.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.simulator.SimulatorOptions;
import crosscut.simulator.mutation.LaunchRecorder;
import crosscut.simulator.mutation.MutationKind;
import crosscut.simulator.mutation.MutationResult;
import crosscut.simulator.mutation.MutationRun;
import crosscut.simulator.mutation.PtxMutation;
import crosscut.simulator.mutation.PtxMutator;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/**
 * What the tests of shipped kernels are worth: their launches are recorded and run again with one defect in the PTX after the other. Here for one family;
 * {@code -Dtest=MutationScoreTest -Dcrosscut.mutations=all} does it for all and takes minutes, {@code -Dcrosscut.mutations=cross,loss} for some. The table and what
 * was not noticed are in {@code target/mutations.md}; docs/ptx-simulator.md explains them.
 */
class MutationScoreTest {

    private static final List<String> FAMILIES = List.of("batch", "cross", "elementwise", "embedding", "loss", "metric", "optimizer", "random");
    private static final int LAUNCHES_PER_KERNEL = 20;

    /** Where barriers are that nobody can miss, and why. */
    private static final Map<String, String> EXPLAINED = Map.of(
            "pieces.cuh:", "the last barrier of a block's sum: only thread 0 reads the sum, and thread 0 wrote it");

    @Test
    void missingBarriersAndAtomicUpdatesAreNoticed() throws IOException {
        String chosen = System.getProperty("crosscut.mutations", "loss");
        StringBuilder report = new StringBuilder();
        List<MutationResult> unexplained = new ArrayList<>();
        for (String family : chosen.equals("all") ? FAMILIES : List.of(chosen.split(","))) {
            MutationRun run = run(family);
            report.append("## ").append(family).append("\n\n").append(run.score()).append('\n');
            run.unlaunched().forEach(kernel -> report.append("- never launched: ").append(kernel).append('\n'));
            run.survivors().forEach(survivor -> report.append("- ").append(survivor).append('\n'));
            report.append('\n');
            run.results().stream().filter(MutationScoreTest::isUnexplained).forEach(unexplained::add);
        }
        System.out.println(report);
        Files.writeString(Path.of("target/mutations.md"), report);
        assertThat(unexplained).isEmpty();
    }

    /** Comparisons may be shifted without effect, such as those that choose between an unrolled loop and its rest; the others may not. */
    private static boolean isUnexplained(MutationResult result) {
        return result.launches() > 0 && !result.isNoticed() && result.mutation().kind() != MutationKind.SHIFTED_COMPARISON
                && EXPLAINED.keySet().stream().noneMatch(place -> result.mutation().source().startsWith(place));
    }

    private static MutationRun run(String family) throws IOException {
        LaunchRecorder recorder = new LaunchRecorder(LAUNCHES_PER_KERNEL);
        SimulatedGpu.watchLaunches(recorder);
        try {
            runTests(family);
        } finally {
            SimulatedGpu.watchLaunches(null);
        }
        String ptx = ptx(family);
        List<PtxMutation> mutations = new ArrayList<>(PtxMutator.mutations(ptx));
        MutationRun run = new MutationRun(recorder, SimulatorOptions.defaults());
        run.run(ptx, mutations);
        return run;
    }

    private static void runTests(String family) {
        String location = "crosscut.kernels." + (family.equals("elementwise") ? "gemm" : family);
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request().selectors(DiscoverySelectors.selectPackage(location))
                .filters(ClassNameFilter.includeClassNamePatterns(".*(Conformance|Cuda).*Test")).build();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, listener);
        assertThat(listener.getSummary().getTestsSucceededCount()).as("tests of " + location).isPositive();
        assertThat(listener.getSummary().getTotalFailureCount()).as("failures of " + location).isZero();
    }

    private static String ptx(String family) throws IOException {
        try (InputStream resource = MutationScoreTest.class.getResourceAsStream("/crosscut/kernels/cuda/" + family + ".ptx")) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
