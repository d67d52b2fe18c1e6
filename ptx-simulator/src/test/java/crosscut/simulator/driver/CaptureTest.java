package crosscut.simulator.driver;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.simulator.check.FindingKind;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CaptureTest {

    private static final int THREAD_LOCAL = 1;
    private static final int RELAXED = 2;

    @Test
    void aCapturedOperationRunsWhenTheGraphIsLaunched() {
        try (DriverFixture driver = new DriverFixture()) {
            long buffer = driver.filled(4);
            long stream = driver.stream();
            driver.calls.succeed("cuStreamBeginCapture_v2", stream, 0);
            driver.fill(buffer, 7, 1, stream);
            long graph = driver.instantiated(stream);
            assertThat(driver.read(buffer)).isZero();
            driver.calls.succeed("cuGraphLaunch", graph, stream);
            driver.calls.succeed("cuStreamSynchronize", stream);
            assertThat(driver.read(buffer)).isEqualTo(7);
        }
    }

    @Test
    void aReplayedCopyReadsWhatTheHostHasWrittenMeanwhile() {
        try (DriverFixture driver = new DriverFixture()) {
            long buffer = driver.filled(4);
            MemorySegment host = driver.pinned(4);
            long stream = driver.stream();
            driver.calls.succeed("cuStreamBeginCapture_v2", stream, 0);
            driver.calls.succeed("cuMemcpyHtoDAsync_v2", buffer, host, 4L, stream);
            long graph = driver.instantiated(stream);
            for (int value = 1; value < 4; value++) {
                host.set(ValueLayout.JAVA_INT, 0, value);
                driver.calls.succeed("cuGraphLaunch", graph, stream);
                driver.calls.succeed("cuStreamSynchronize", stream);
                assertThat(driver.read(buffer)).isEqualTo(value);
            }
        }
    }

    @Test
    void streamsForkIntoACaptureAndJoinBack() {
        try (DriverFixture driver = new DriverFixture()) {
            long first = driver.filled(4);
            long second = driver.filled(4);
            long origin = driver.stream();
            long branch = driver.stream();
            List<CapturedOperation> captured = new ArrayList<>();
            driver.cuda.watchCaptures(captured::addAll);
            driver.calls.succeed("cuStreamBeginCapture_v2", origin, THREAD_LOCAL);
            driver.fill(first, 1, 1, origin);
            wait(driver, branch, origin);
            assertThat(status(driver, branch)).isEqualTo(1);
            driver.calls.succeed("cuMemcpyDtoDAsync_v2", second, first, 4L, branch);
            wait(driver, origin, branch);
            driver.fill(first, 2, 1, origin);
            long graph = driver.instantiated(origin);
            assertThat(captured).extracting(CapturedOperation::stream).containsExactly(0, 1, 0);
            assertThat(captured).extracting(CapturedOperation::after).containsExactly(List.of(), List.of(0), List.of(0, 1));
            assertThat(captured.get(1).description()).contains("4 bytes");
            assertThat(status(driver, branch)).isZero();
            driver.calls.succeed("cuGraphLaunch", graph, origin);
            driver.calls.succeed("cuStreamSynchronize", origin);
            assertThat(driver.read(second)).isEqualTo(1);
            assertThat(driver.read(first)).isEqualTo(2);
            assertThat(Findings.of(driver.cuda, FindingKind.MISSING_WAIT)).isEmpty();
        }
    }

    @Test
    void branchesThatNothingOrdersAreReported() {
        try (DriverFixture driver = new DriverFixture()) {
            long buffer = driver.filled(4);
            long origin = driver.stream();
            long branch = driver.stream();
            driver.calls.succeed("cuStreamBeginCapture_v2", origin, 0);
            wait(driver, branch, origin);
            driver.fill(buffer, 1, 1, origin);
            driver.fill(buffer, 2, 1, branch);
            wait(driver, origin, branch);
            driver.calls.succeed("cuGraphLaunch", driver.instantiated(origin), origin);
            assertThat(Findings.of(driver.cuda, FindingKind.MISSING_WAIT)).singleElement().asString().contains("graph 1 node");
        }
    }

    @Test
    void aGraphComesAfterItsOwnLaunchBeforeInAnyStream() {
        try (DriverFixture driver = new DriverFixture()) {
            long buffer = driver.filled(4);
            long stream = driver.stream();
            driver.calls.succeed("cuStreamBeginCapture_v2", stream, 0);
            driver.fill(buffer, 7, 1, stream);
            long graph = driver.instantiated(stream);
            driver.calls.succeed("cuGraphLaunch", graph, stream);
            driver.calls.succeed("cuGraphLaunch", graph, driver.stream());
            assertThat(Findings.of(driver.cuda, FindingKind.MISSING_WAIT)).isEmpty();
        }
    }

    @Test
    void workThatIsNotJoinedFailsTheEnd() {
        try (DriverFixture driver = new DriverFixture()) {
            long buffer = driver.filled(4);
            long origin = driver.stream();
            long branch = driver.stream();
            driver.calls.succeed("cuStreamBeginCapture_v2", origin, 0);
            wait(driver, branch, origin);
            driver.fill(buffer, 2, 1, branch);
            assertThat(driver.calls.status("cuStreamEndCapture", origin, driver.calls.cell())).isEqualTo(904);
            assertThat(driver.cuda.lastError().orElseThrow()).contains("fill of 4 bytes of stream 2 was not joined back");
        }
    }

    @Test
    void aCaptureEndsWhereItBegan() {
        try (DriverFixture driver = new DriverFixture()) {
            long origin = driver.stream();
            long branch = driver.stream();
            driver.calls.succeed("cuStreamBeginCapture_v2", origin, 0);
            wait(driver, branch, origin);
            assertThat(driver.calls.status("cuStreamEndCapture", branch, driver.calls.cell())).isEqualTo(903);
            assertThat(driver.calls.status("cuStreamBeginCapture_v2", origin, 0)).isEqualTo(1);
            assertThat(driver.calls.status("cuStreamBeginCapture_v2", 0L, 0)).isEqualTo(900);
        }
    }

    @Test
    void waitingForTheHostOrAllocatingInvalidates() {
        try (DriverFixture driver = new DriverFixture()) {
            for (String[] call : new String[][] {{"cuStreamSynchronize"}, {"cuCtxSynchronize"}, {"cuMemAlloc_v2"}, {"cuStreamQuery"}}) {
                long stream = driver.stream();
                driver.calls.succeed("cuStreamBeginCapture_v2", stream, 0);
                int status = switch (call[0]) {
                    case "cuCtxSynchronize" -> driver.calls.status(call[0]);
                    case "cuMemAlloc_v2" -> driver.calls.status(call[0], driver.calls.cell(), 4L);
                    default -> driver.calls.status(call[0], stream);
                };
                assertThat(status).as(call[0]).isEqualTo(900);
                assertThat(status(driver, stream)).as(call[0]).isEqualTo(2);
                assertThat(driver.calls.status("cuStreamEndCapture", stream, driver.calls.cell())).as(call[0]).isEqualTo(901);
            }
        }
    }

    @Test
    void aRelaxedCaptureAllowsAllocation() {
        try (DriverFixture driver = new DriverFixture()) {
            long stream = driver.stream();
            driver.calls.succeed("cuStreamBeginCapture_v2", stream, RELAXED);
            driver.allocate(4);
            driver.calls.succeed("cuStreamEndCapture", stream, driver.calls.cell());
        }
    }

    @Test
    void aRelaxedThreadMayAllocateDuringAnyCapture() {
        try (DriverFixture driver = new DriverFixture()) {
            long stream = driver.stream();
            MemorySegment mode = driver.calls.cell();
            mode.set(ValueLayout.JAVA_INT, 0, RELAXED);
            driver.calls.succeed("cuThreadExchangeStreamCaptureMode", mode);
            driver.calls.succeed("cuStreamBeginCapture_v2", stream, 0);
            driver.allocate(4);
            driver.calls.succeed("cuStreamEndCapture", stream, driver.calls.cell());
            driver.calls.succeed("cuThreadExchangeStreamCaptureMode", mode);
            assertThat(mode.get(ValueLayout.JAVA_INT, 0)).isEqualTo(RELAXED);
        }
    }

    @Test
    void aCaptureWaitsForNothingOutside() {
        try (DriverFixture driver = new DriverFixture()) {
            long buffer = driver.filled(4);
            long other = driver.stream();
            long stream = driver.stream();
            long event = driver.event();
            driver.fill(buffer, 1, 1, other);
            driver.calls.succeed("cuEventRecord", event, other);
            driver.calls.succeed("cuStreamBeginCapture_v2", stream, 0);
            assertThat(driver.calls.status("cuStreamWaitEvent", stream, event, 0)).isEqualTo(905);
        }
    }

    @Test
    void twoCapturesDoNotMerge() {
        try (DriverFixture driver = new DriverFixture()) {
            long first = driver.stream();
            long second = driver.stream();
            long event = driver.event();
            driver.calls.succeed("cuStreamBeginCapture_v2", first, 0);
            driver.calls.succeed("cuStreamBeginCapture_v2", second, 0);
            driver.calls.succeed("cuEventRecord", event, first);
            assertThat(driver.calls.status("cuStreamWaitEvent", second, event, 0)).isEqualTo(902);
        }
    }

    @Test
    void capturedEventsAreNotForTheHost() {
        try (DriverFixture driver = new DriverFixture()) {
            long stream = driver.stream();
            long event = driver.event();
            driver.calls.succeed("cuStreamBeginCapture_v2", stream, 0);
            driver.calls.succeed("cuEventRecord", event, stream);
            assertThat(driver.calls.status("cuEventQuery", event)).isEqualTo(907);
            assertThat(driver.calls.status("cuEventSynchronize", event)).isEqualTo(907);
        }
    }

    @Test
    void theDefaultStreamMayNotWaitForABlockingStreamInCapture() {
        try (DriverFixture driver = new DriverFixture()) {
            long buffer = driver.filled(4);
            long stream = driver.calls.make("cuStreamCreate", 0);
            driver.calls.succeed("cuStreamBeginCapture_v2", stream, RELAXED);
            assertThat(driver.calls.status("cuMemsetD32Async", buffer, 1, 1L, 0L)).isEqualTo(906);
        }
    }

    private static void wait(DriverFixture driver, long stream, long other) {
        long event = driver.event();
        driver.calls.succeed("cuEventRecord", event, other);
        driver.calls.succeed("cuStreamWaitEvent", stream, event, 0);
    }

    private static int status(DriverFixture driver, long stream) {
        MemorySegment answer = driver.calls.cell();
        driver.calls.succeed("cuStreamIsCapturing", stream, answer);
        return answer.get(ValueLayout.JAVA_INT, 0);
    }
}
