package crosscut.kernels.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.simulator.SimulatorOptions;
import crosscut.simulator.mutation.LaunchRecorder;
import crosscut.simulator.mutation.MutationKind;
import crosscut.simulator.mutation.MutationRun;
import crosscut.simulator.mutation.PtxMutator;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/**
 * What the tests of shipped kernels are worth: their launches are recorded and run again with one defect in the PTX after the other. Here for tests of one
 * family with fixed shapes, which must notice every missing barrier, moved store and shifted comparison that can change a result;
 * {@code -Dtest=MutationScoreTest -Dcrosscut.mutations=all} reports on all families and takes minutes, {@code -Dcrosscut.mutations=cross,loss} on some. The
 * table and what was not noticed are in {@code target/mutations.md}; docs/ptx-simulator.md explains them.
 */
class MutationScoreTest {

    private static final List<String> FAMILIES = List.of("batch", "collective", "cross", "elementwise", "embedding", "loss", "metric", "optimizer", "random");
    private static final String CHECKED_FAMILY = "loss";
    private static final int LAUNCHES_PER_TEST = 4;

    /** Tests of fixed shapes, whose launches are the same every time, and more than all that one of them makes of a kernel. */
    private static final String EDGES = "edges";
    private static final int LAUNCHES_AT_EDGES = 100;

    /** The last barrier of strided_sums: who reads a sum has written it. It is there for the next sums, and not every one of them has any. */
    private static final String NEEDLESS_BARRIER = "pieces.cuh:";

    /**
     * Comparisons that may be shifted ({@code loss.cu} but for the last): a loop over at most 7 columns that 32 lanes share and so never go around; rounds of
     * samples, and strips of columns, of which one more does nothing new; inside exp and log1p, which choose between ways to the same result, and where a logit
     * of 0 is on either side; loops over sums that are unrolled, and their rests.
     */
    private static final List<String> MAY_BE_SHIFTED = List.of("loss.cu:22", "loss.cu:44", "loss.cu:87", "loss.cu:73", "loss.cu:74", "loss.cu:77",
            "loss.cu:174", "pieces.cuh:93");

    @Test
    void synchronisationAndEdgesAreTested() throws IOException {
        String chosen = System.getProperty("crosscut.mutations");
        StringBuilder report = new StringBuilder();
        for (String family : chosen == null ? List.of(CHECKED_FAMILY) : chosen.equals("all") ? FAMILIES : List.of(chosen.split(","))) {
            MutationRun run = run(family, chosen == null);
            report.append("## ").append(family).append("\n\n").append(run.score()).append('\n');
            run.unlaunched().forEach(kernel -> report.append("- never launched: ").append(kernel).append('\n'));
            run.survivors().forEach(survivor -> report.append("- ").append(survivor).append('\n'));
            report.append('\n');
            if (chosen == null) {
                assertThat(run.unlaunched()).isEmpty();
                assertThat(run.results()).filteredOn(result -> result.mutation().kind() != MutationKind.SHIFTED_COMPARISON).hasSizeGreaterThan(30)
                        .allMatch(result -> result.isNoticed() || result.mutation().source().startsWith(NEEDLESS_BARRIER));
                assertThat(run.results()).filteredOn(result -> result.mutation().kind() == MutationKind.SHIFTED_COMPARISON).hasSizeGreaterThan(60)
                        .allMatch(result -> result.isNoticed() || MAY_BE_SHIFTED.contains(result.mutation().source()));
            }
        }
        System.out.println(report);
        Files.writeString(Path.of("target/mutations.md"), report);
    }

    private static MutationRun run(String family, boolean isFixed) throws IOException {
        LaunchRecorder recorder = new LaunchRecorder(isFixed ? LAUNCHES_AT_EDGES : LAUNCHES_PER_TEST);
        SimulatedGpu.watchLaunches(recorder);
        try {
            runTests(family, isFixed, recorder);
        } finally {
            SimulatedGpu.watchLaunches(null);
        }
        String ptx = ptx(family);
        MutationRun run = new MutationRun(recorder, SimulatorOptions.defaults());
        run.run(ptx, PtxMutator.mutations(ptx));
        return run;
    }

    private static void runTests(String family, boolean isFixed, LaunchRecorder recorder) {
        String location = "crosscut.kernels." + (family.equals("elementwise") ? "gemm" : family);
        LauncherDiscoveryRequestBuilder builder = LauncherDiscoveryRequestBuilder.request().selectors(DiscoverySelectors.selectPackage(location))
                .filters(ClassNameFilter.includeClassNamePatterns(".*(Conformance|Cuda).*Test"));
        LauncherDiscoveryRequest request = (isFixed ? builder.filters(TagFilter.includeTags(EDGES)) : builder).build();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        TestExecutionListener sections = new TestExecutionListener() {
            @Override
            public void executionStarted(TestIdentifier test) {
                recorder.beginSection();
            }
        };
        LauncherFactory.create().execute(request, listener, sections);
        assertThat(listener.getSummary().getTestsSucceededCount()).as("tests of " + location).isPositive();
        assertThat(listener.getSummary().getTotalFailureCount()).as("failures of " + location).isZero();
    }

    private static String ptx(String family) throws IOException {
        try (InputStream resource = MutationScoreTest.class.getResourceAsStream("/crosscut/kernels/cuda/" + family + ".ptx")) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
