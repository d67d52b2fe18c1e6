package crosscut.kernels.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.simulator.SimulatorOptions;
import crosscut.simulator.mutation.LaunchRecorder;
import crosscut.simulator.mutation.MutationResult;
import crosscut.simulator.mutation.MutationRun;
import crosscut.simulator.mutation.PtxMutator;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
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
 * family with fixed shapes, which must notice all but what is listed with its reason;
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

    /** What may go unnoticed there, with the reasons; register numbers are left out. */
    private static final String SURVIVORS = "/crosscut/kernels/cuda/loss_survivors.txt";

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
                assertThat(run.results()).hasSizeGreaterThan(400);
                assertThat(survivors(run)).as("what was not noticed, besides or instead of " + SURVIVORS).isEqualTo(expectedSurvivors());
            }
        }
        System.out.println(report);
        Files.writeString(Path.of("target/mutations.md"), report);
    }

    private static String survivors(MutationRun run) {
        return run.results().stream().filter(result -> !result.isNoticed()).map(MutationResult::mutation)
                .map(mutation -> (mutation.kind() + " " + mutation.kernel() + " " + mutation.source() + " " + mutation.instruction())
                        .replaceAll("%([a-z]+)\\d+", "%$1").replaceAll("\\s+", " "))
                .sorted().collect(Collectors.joining("\n"));
    }

    private static String expectedSurvivors() throws IOException {
        return text(SURVIVORS).lines().filter(line -> !line.isBlank() && !line.startsWith("#")).sorted().collect(Collectors.joining("\n"));
    }

    private static MutationRun run(String family, boolean isFixed) throws IOException {
        LaunchRecorder recorder = new LaunchRecorder(isFixed ? LAUNCHES_AT_EDGES : LAUNCHES_PER_TEST);
        SimulatedGpu.watchLaunches(recorder);
        try {
            runTests(family, isFixed, recorder);
        } finally {
            SimulatedGpu.watchLaunches(null);
        }
        String ptx = text("/crosscut/kernels/cuda/" + family + ".ptx");
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

    private static String text(String name) throws IOException {
        try (InputStream resource = MutationScoreTest.class.getResourceAsStream(name)) {
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
