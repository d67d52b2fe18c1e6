package crosscut.kernels.device;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class CpuDeviceTest {

    @Test
    void memoryIsZeroAlignedAndCopiedBothWays() {
        try (CpuFixture fixture = new CpuFixture(1); DeviceMemory memory = fixture.device().allocate("weights", 100_003); Arena arena = Arena.ofConfined()) {
            assertThat(memory.address() % 64).isZero();
            assertThat(memory.owner()).isEqualTo("weights");
            assertThat(memory.byteSize()).isEqualTo(100_003);
            assertThat(memory.hostSegment().toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);
            fixture.device().write(memory, 7, arena.allocateFrom(ValueLayout.JAVA_BYTE, new byte[] {1, 2, 3}));
            MemorySegment back = arena.allocate(5);
            fixture.device().read(memory, 6, back);
            assertThat(back.toArray(ValueLayout.JAVA_BYTE)).containsExactly(0, 1, 2, 3, 0);
        }
    }

    @Test
    void largeMemoryIsZeroToo() {
        try (CpuFixture fixture = new CpuFixture(1); DeviceMemory memory = fixture.device().allocate("table", (5L << 20) + 3)) {
            assertThat(memory.byteSize()).isEqualTo((5L << 20) + 3);
            assertThat(memory.address() % 64).isZero();
            assertThat(memory.hostSegment().toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);
        }
    }

    @Test
    void closedMemoryIsUnreachableAndMayBeClosedAgain() {
        try (CpuFixture fixture = new CpuFixture(1)) {
            DeviceMemory memory = fixture.device().allocateHost("batch", 64);
            memory.close();
            memory.close();
            assertThatThrownBy(() -> memory.hostSegment().get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void refusesWhatTheMachineCannotHold() {
        try (CpuFixture fixture = new CpuFixture(1)) {
            assertThatThrownBy(() -> fixture.device().allocate("embedding weights", 1L << 50))
                    .isInstanceOf(OutOfDeviceMemoryException.class)
                    .hasMessageStartingWith("embedding weights needs 1048576.0 GiB, but the CPU device already holds 0 bytes and this machine has ");
            fixture.device().allocate("after the refusal", 1 << 20).close();
        }
    }

    @Test
    void theBudgetCountsWhatIsHeld() {
        MemoryBudget budget = new MemoryBudget(1000);
        budget.reserve("first", 600);
        assertThatThrownBy(() -> budget.reserve("second", 401)).isInstanceOf(OutOfDeviceMemoryException.class)
                .hasMessageStartingWith("second needs 401 bytes, but the CPU device already holds 600 bytes and this machine has 1000 bytes of memory");
        budget.reserve("second", 400);
        budget.release(600);
        budget.reserve("third", 600);
    }

    @Test
    void describesItselfAndHasStreams() {
        try (CpuFixture fixture = new CpuFixture(3); Stream stream = fixture.device().createStream("step")) {
            assertThat(fixture.device().description()).isEqualTo("CPU, 3 threads, no matrix products");
            stream.synchronize();
        }
    }
}
