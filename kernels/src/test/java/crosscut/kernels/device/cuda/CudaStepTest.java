package crosscut.kernels.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import crosscut.kernels.device.Branch;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Event;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.StagedUpload;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.TimedEvent;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Streams, events, captures, branches and uploads. */
class CudaStepTest {

    private static final int ROWS = 100;

    /** Two chains of kernels of which the second needs the first in the end: {@code c = 2 c + 1} beside {@code a = 3 a}, then {@code a = a / 7 + 1}. */
    private static Operation step(CudaFixture fixture, Tensor a, Tensor c, Branch branch) {
        return new OperationSequence(List.of(branch.fork(), Probe.scale(fixture, a, 3, 0), branch.join(), Probe.scale(fixture, a, 1 / 7.0, 1),
                Probe.scale(fixture, c, 0.1, 0)));
    }

    private static byte[][] afterSteps(boolean captured, int steps) {
        try (CudaFixture fixture = CudaFixture.open(); Stream side = fixture.device().createStream("side")) {
            Random random = new Random(3);
            Tensor a = fixture.random(DataType.FLOAT32, ROWS, 1, 0, 1, random);
            Tensor c = fixture.random(DataType.FLOAT32, ROWS, 1, 0, 1, random);
            try (Branch branch = new Branch(fixture.device(), side, Probe.scale(fixture, c, 2, 1))) {
                Operation step = step(fixture, a, c, branch);
                Operation launched = captured ? fixture.device().capture("step", fixture.stream(), step) : step;
                for (int count = 0; count < steps; count++) {
                    fixture.run(launched);
                }
            }
            return new byte[][] {fixture.bytes(a), fixture.bytes(c)};
        }
    }

    @Test
    void aReplayHasTheBitsOfDirectLaunches() {
        assertThat(afterSteps(true, 4)).isDeepEqualTo(afterSteps(false, 4));
        assertThat(afterSteps(true, 3)).isNotEqualTo(afterSteps(true, 4));
    }

    @Test
    void recordingRunsNothing() {
        try (CudaFixture fixture = CudaFixture.open()) {
            Tensor values = fixture.row(DataType.FLOAT32, 5);
            fixture.device().capture("step", fixture.stream(), Probe.scale(fixture, values, 2, 0));
            fixture.stream().synchronize();
            assertThat(fixture.get(values, 0, 0)).isEqualTo(5);
        }
    }

    @Test
    void aRecordingThatFailsNamesItselfAndLeavesTheStreamUsable() {
        try (CudaFixture fixture = CudaFixture.open()) {
            Tensor values = fixture.row(DataType.FLOAT32, 5);
            Operation failing = stream -> {
                throw new IllegalStateException("a bad step");
            };
            assertThatIllegalStateException().isThrownBy(() -> fixture.device().capture("step", fixture.stream(), failing)).withMessage("a bad step");
            assertThatIllegalStateException().isThrownBy(() -> fixture.device().capture("the training step", fixture.stream(), Stream::synchronize))
                    .withMessageStartingWith("the training step cannot be captured as a graph: ");
            fixture.run(Probe.scale(fixture, values, 2, 0));
            assertThat(fixture.get(values, 0, 0)).isEqualTo(10);
        }
    }

    @Test
    void eventsOrderStreams() {
        try (CudaFixture fixture = CudaFixture.open(); Stream other = fixture.device().createStream("other"); Event event = fixture.device().createEvent()) {
            assertThat(event.isDone()).as("an event that was never recorded").isTrue();
            Tensor values = fixture.row(DataType.FLOAT32, 5);
            Operation scale = Probe.scale(fixture, values, 2, 1);
            scale.launch(fixture.stream());
            event.record(fixture.stream());
            other.await(event);
            scale.launch(other);
            event.record(other);
            event.synchronize();
            assertThat(event.isDone()).isTrue();
            assertThat(fixture.get(values, 0, 0)).isEqualTo(23);
        }
    }

    @Test
    void timedEventsKnowTheTimeBetweenThem() {
        try (CudaFixture fixture = CudaFixture.open(); TimedEvent before = fixture.device().createTimedEvent();
                TimedEvent after = fixture.device().createTimedEvent()) {
            Tensor values = fixture.row(DataType.FLOAT32, 5);
            before.record(fixture.stream());
            Probe.scale(fixture, values, 2, 1).launch(fixture.stream());
            after.record(fixture.stream());
            fixture.stream().synchronize();
            assertThat(after.secondsSince(before)).isBetween(0.0, 60.0);
            assertThat(before.secondsSince(before)).isZero();
        }
    }

    @Test
    void uploadsKeepTheirOrderHoweverFarTheHostIsAhead() {
        try (CudaFixture fixture = CudaFixture.open()) {
            Tensor step = fixture.zeros(DataType.FLOAT32, 1, 1);
            Tensor sums = fixture.zeros(DataType.FLOAT32, 1, 1);
            try (StagedUpload upload = fixture.device().createUpload(step, 2)) {
                for (int count = 1; count <= 5; count++) {
                    MemorySegment slot = upload.next();
                    assertThat(upload.next()).as("the slot until it is launched").isEqualTo(slot);
                    slot.set(ValueLayout.JAVA_FLOAT, 0, count);
                    upload.launch(fixture.stream());
                    Probe.scale(fixture, step, 10, 0).launch(fixture.stream());
                }
                fixture.stream().synchronize();
                assertThat(fixture.get(step, 0, 0)).isEqualTo(50);
                assertThat(fixture.get(sums, 0, 0)).isZero();
                assertThatIllegalStateException().isThrownBy(() -> upload.launch(fixture.stream()));
            }
        }
    }

    @Test
    void launchingAllocatesNothing() {
        try (CudaFixture fixture = CudaFixture.silent(); Event event = fixture.device().createEvent(); Stream side = fixture.device().createStream("side")) {
            Tensor step = fixture.zeros(DataType.FLOAT32, 1, 1);
            Operation scale = Probe.scale(fixture, step, 2, 0);
            Operation graph = fixture.device().capture("step", fixture.stream(), Probe.scale(fixture, step, 2, 0));
            StagedUpload upload = fixture.device().createUpload(step, 2);
            Branch branch = new Branch(fixture.device(), side, scale);
            fixture.assertAllocatesNothing(
                    stream -> upload.next(), upload::launch, branch.fork(), graph, branch.join(), event::record, stream -> event.isDone());
        }
    }
}
