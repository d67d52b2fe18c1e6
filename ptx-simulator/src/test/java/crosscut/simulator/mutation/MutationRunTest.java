package crosscut.simulator.mutation;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.simulator.SimulatorOptions;
import crosscut.simulator.driver.DriverFixture;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Mutations of the clean control of the planted defects, with two of its launches. */
class MutationRunTest {

    private static final int COUNT = 256;

    private static String control() throws IOException {
        return new String(MutationRunTest.class.getResourceAsStream("/crosscut/simulator/defects/control.ptx").readAllBytes());
    }

    private static LaunchRecorder recorded(int launchesPerKernel) throws IOException {
        LaunchRecorder recorder = new LaunchRecorder(launchesPerKernel);
        try (DriverFixture driver = new DriverFixture()) {
            driver.cuda.watchLaunches(recorder);
            long function = driver.function(control(), "reverse_and_sum");
            long in = driver.allocate(4L * 3000);
            for (int index = 0; index < 3000; index++) {
                driver.fill(in + 4L * index, Float.floatToRawIntBits(index % 17), 1, 0);
            }
            for (int blocks : new int[] {4, 4, 2}) {
                driver.launch(function, blocks, COUNT, 0, 0, in, driver.allocate(16), driver.filled(4), 6, 3000);
            }
        }
        return recorder;
    }

    @Test
    void launchesThatDifferAreKept() throws IOException {
        assertThat(recorded(2).launches(control(), "reverse_and_sum")).hasSize(2);
        assertThat(recorded(9).launches(control(), "reverse_and_sum")).hasSize(3);
        assertThat(recorded(9).launches(control(), "nothing")).isEmpty();
    }

    @Test
    void barriersAndAtomicUpdatesAreMissedByNoLaunch() throws IOException {
        MutationRun run = new MutationRun(recorded(3), SimulatorOptions.defaults());
        List<PtxMutation> mutations = PtxMutator.mutations(control());
        run.run(control(), mutations);
        assertThat(run.results()).hasSameSizeAs(mutations);
        assertThat(run.results()).filteredOn(result -> result.mutation().kind() != MutationKind.SHIFTED_COMPARISON).isNotEmpty()
                .allSatisfy(result -> assertThat(result.isNoticed()).as(result.mutation().toString()).isTrue());
        assertThat(run.results()).filteredOn(MutationResult::isNoticedByChecksOnly).isNotEmpty();
        assertThat(run.score()).contains("| DROPPED_BARRIER |", "| PLAIN_UPDATE | 1 | 1 |");
    }

    @Test
    void theOriginalShowsNothing() throws IOException {
        for (RecordedLaunch launch : recorded(3).launches(control(), "reverse_and_sum")) {
            RecordedLaunch.Outcome outcome = launch.replay(KernelExcerpt.of(control(), "reverse_and_sum"), SimulatorOptions.defaults());
            assertThat(outcome.findings()).isEmpty();
            assertThat(outcome.equalsMemory(launch.replay(control(), SimulatorOptions.defaults()))).isTrue();
        }
    }
}
