package crosscut.kernels.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Streams, events, captures, branches and uploads where everything runs at once. */
class CpuStepTest {

    @Test
    void workOfABranchRunsAtItsFork() {
        List<String> order = new ArrayList<>();
        try (CpuFixture fixture = new CpuFixture(1); Stream main = fixture.device().createStream("main"); Stream side = fixture.device().createStream("side");
                Branch branch = new Branch(fixture.device(), side, stream -> order.add(stream == side ? "side" : "elsewhere"))) {
            Operation step = new OperationSequence(List.of(branch.fork(), stream -> order.add("main"), branch.join(), stream -> order.add("after")));
            fixture.device().capture("step", main, step).launch(main);
        }
        assertThat(order).containsExactly("side", "main", "after");
    }

    @Test
    void eventsAreAlwaysDone() {
        try (CpuFixture fixture = new CpuFixture(1); Stream stream = fixture.device().createStream("main"); Event event = fixture.device().createEvent()) {
            assertThat(event.isDone()).isTrue();
            event.record(stream);
            stream.await(event);
            event.synchronize();
            assertThat(event.isDone()).isTrue();
        }
    }

    @Test
    void aLaunchedSlotIsInTheTarget() {
        try (CpuFixture fixture = new CpuFixture(1)) {
            Tensor row = fixture.row(DataType.FLOAT32, 7, 8, 9);
            StagedUpload upload = fixture.device().createUpload(row.columnRange(1, 2), 3);
            upload.next().setAtIndex(ValueLayout.JAVA_FLOAT, 0, 1);
            upload.next().setAtIndex(ValueLayout.JAVA_FLOAT, 1, 2);
            upload.launch(null);
            assertThat(new double[] {CpuFixture.get(row, 0, 0), CpuFixture.get(row, 0, 1), CpuFixture.get(row, 0, 2)}).containsExactly(7, 1, 2);
            assertThatIllegalStateException().isThrownBy(() -> upload.launch(null)).withMessage("an upload was launched before its next slot was asked for");
        }
    }

    @Test
    void targetsWithGapsAreRefused() {
        try (CpuFixture fixture = new CpuFixture(1)) {
            Tensor gaps = fixture.zeros(DataType.FLOAT32, 2, 3, 1);
            assertThatIllegalArgumentException().isThrownBy(() -> fixture.device().createUpload(gaps, 2)).withMessage(
                    "an upload through 2 slots to 2 x 3 FLOAT32 with row stride 4; it needs at least one slot and a dense target that is not empty");
        }
    }
}
