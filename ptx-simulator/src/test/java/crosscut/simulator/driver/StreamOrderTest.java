package crosscut.simulator.driver;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.simulator.check.FindingKind;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which orders of accesses are promised by CUDA, and which only happen. */
class StreamOrderTest {

    private static final int NOT_READY = 600;

    private static List<String> missingWaits(DriverFixture driver) {
        return Findings.of(driver.cuda, FindingKind.MISSING_WAIT);
    }

    @Test
    void twoStreamsThatWriteOneBufferAreReported() {
        try (DriverFixture driver = new DriverFixture()) {
            long buffer = driver.allocate(64);
            driver.fill(buffer, 1, 16, driver.stream());
            driver.fill(buffer, 2, 16, driver.stream());
            assertThat(missingWaits(driver)).singleElement().asString().contains("fill of 64 bytes in stream 2 writes", "fill of 64 bytes in stream 1 writes");
        }
    }

    @Test
    void differentHalvesOfABufferAreNoConflict() {
        try (DriverFixture driver = new DriverFixture()) {
            long buffer = driver.allocate(64);
            driver.fill(buffer, 1, 8, driver.stream());
            driver.fill(buffer + 32, 2, 8, driver.stream());
            assertThat(missingWaits(driver)).isEmpty();
        }
    }

    @Test
    void twoReadersAreNoConflict() {
        try (DriverFixture driver = new DriverFixture()) {
            long source = driver.filled(64);
            driver.calls.succeed("cuMemcpyDtoDAsync_v2", driver.allocate(64), source, 64L, driver.stream());
            driver.calls.succeed("cuMemcpyDtoDAsync_v2", driver.allocate(64), source, 64L, driver.stream());
            assertThat(missingWaits(driver)).isEmpty();
        }
    }

    @Test
    void aWriteAfterAnUnorderedReadIsReported() {
        try (DriverFixture driver = new DriverFixture()) {
            long source = driver.filled(64);
            driver.calls.succeed("cuMemcpyDtoDAsync_v2", driver.allocate(64), source, 64L, driver.stream());
            driver.fill(source, 2, 16, driver.stream());
            assertThat(missingWaits(driver)).singleElement().asString().contains("reads without anything that orders the two");
        }
    }

    @Test
    void anEventOrdersStreams() {
        try (DriverFixture driver = new DriverFixture()) {
            long buffer = driver.allocate(64);
            long first = driver.stream();
            long second = driver.stream();
            long event = driver.event();
            driver.fill(buffer, 1, 16, first);
            driver.calls.succeed("cuEventRecord", event, first);
            driver.calls.succeed("cuStreamWaitEvent", second, event, 0);
            driver.fill(buffer, 2, 16, second);
            assertThat(missingWaits(driver)).isEmpty();
        }
    }

    @Test
    void anEventRecordedTooEarlyOrdersNothing() {
        try (DriverFixture driver = new DriverFixture()) {
            long buffer = driver.allocate(64);
            long first = driver.stream();
            long second = driver.stream();
            long event = driver.event();
            driver.calls.succeed("cuEventRecord", event, first);
            driver.fill(buffer, 1, 16, first);
            driver.calls.succeed("cuStreamWaitEvent", second, event, 0);
            driver.fill(buffer, 2, 16, second);
            assertThat(missingWaits(driver)).hasSize(1);
        }
    }

    @Test
    void orderIsTransitive() {
        try (DriverFixture driver = new DriverFixture()) {
            long buffer = driver.allocate(64);
            long[] streams = {driver.stream(), driver.stream(), driver.stream()};
            driver.fill(buffer, 1, 16, streams[0]);
            for (int next = 1; next < streams.length; next++) {
                long event = driver.event();
                driver.calls.succeed("cuEventRecord", event, streams[next - 1]);
                driver.calls.succeed("cuStreamWaitEvent", streams[next], event, 0);
            }
            driver.fill(buffer, 2, 16, streams[2]);
            assertThat(missingWaits(driver)).isEmpty();
        }
    }

    @Test
    void theHostOrdersWhatItHasWaitedFor() {
        try (DriverFixture driver = new DriverFixture()) {
            long buffer = driver.allocate(64);
            long first = driver.stream();
            driver.fill(buffer, 1, 16, first);
            driver.calls.succeed("cuStreamSynchronize", first);
            driver.fill(buffer, 2, 16, driver.stream());
            assertThat(missingWaits(driver)).isEmpty();
        }
    }

    @Test
    void aSynchronousCopyDoesNotWaitForNonBlockingStreams() {
        try (DriverFixture driver = new DriverFixture()) {
            long buffer = driver.filled(64);
            driver.fill(buffer, 1, 16, driver.stream());
            driver.read(buffer);
            assertThat(missingWaits(driver)).hasSize(1);
        }
    }

    @Test
    void aSynchronousCopyWaitsForBlockingStreams() {
        try (DriverFixture driver = new DriverFixture()) {
            long buffer = driver.filled(64);
            driver.fill(buffer, 1, 16, driver.calls.make("cuStreamCreate", 0));
            assertThat(driver.read(buffer)).isEqualTo(1);
            assertThat(missingWaits(driver)).isEmpty();
        }
    }

    @Test
    void pinnedMemoryThatTheHostChangesDuringACopyIsReported() {
        try (DriverFixture driver = new DriverFixture()) {
            MemorySegment host = driver.pinned(64);
            long stream = driver.stream();
            driver.calls.succeed("cuMemcpyHtoDAsync_v2", driver.allocate(64), host, 64L, stream);
            host.set(ValueLayout.JAVA_INT, 8, 5);
            driver.calls.succeed("cuStreamSynchronize", stream);
            assertThat(missingWaits(driver)).singleElement().asString().contains("the host changed the 64 bytes of pinned memory", "to the device");
        }
    }

    @Test
    void pinnedMemoryThatTheHostChangesAfterAnEventIsNot() {
        try (DriverFixture driver = new DriverFixture()) {
            MemorySegment host = driver.pinned(64);
            long stream = driver.stream();
            long event = driver.event();
            driver.calls.succeed("cuMemcpyHtoDAsync_v2", driver.allocate(64), host, 64L, stream);
            driver.calls.succeed("cuEventRecord", event, stream);
            driver.calls.succeed("cuEventSynchronize", event);
            host.set(ValueLayout.JAVA_INT, 8, 5);
            driver.calls.succeed("cuStreamSynchronize", stream);
            assertThat(missingWaits(driver)).isEmpty();
        }
    }

    /** A function of the host comes after the copies of its stream: it finds what they brought and may write where they read. */
    @Test
    void aHostFunctionMayTouchPinnedMemoryOfCopiesBeforeIt() {
        try (DriverFixture driver = new DriverFixture()) {
            MemorySegment sent = driver.pinned(4);
            MemorySegment received = driver.pinned(4);
            long stream = driver.stream();
            long device = driver.allocate(4);
            driver.fill(device, 5, 1, stream);
            MemorySegment function = hostFunction(() -> {
                int found = sent.get(ValueLayout.JAVA_INT, 0);
                received.set(ValueLayout.JAVA_INT, 0, 2 * found);
            });
            for (int round = 0; round < 3; round++) {
                driver.calls.succeed("cuMemcpyDtoHAsync_v2", sent, device, 4L, stream);
                driver.calls.succeed("cuLaunchHostFunc", stream, function, MemorySegment.NULL);
                driver.calls.succeed("cuMemcpyHtoDAsync_v2", device, received, 4L, stream);
            }
            driver.calls.succeed("cuStreamSynchronize", stream);
            assertThat(driver.read(device)).isEqualTo(40);
            assertThat(missingWaits(driver)).isEmpty();
        }
    }

    @SuppressWarnings("restricted")
    private static MemorySegment hostFunction(Runnable work) {
        try {
            MethodHandle run = MethodHandles.lookup().findVirtual(Runnable.class, "run", MethodType.methodType(void.class)).bindTo(work);
            return Linker.nativeLinker().upcallStub(MethodHandles.dropArguments(run, 0, MemorySegment.class), FunctionDescriptor.ofVoid(ValueLayout.ADDRESS),
                    Arena.ofAuto());
        } catch (ReflectiveOperationException missing) {
            throw new AssertionError(missing);
        }
    }

    @Test
    void whatIsCopiedToPinnedMemoryArrivesWhenTheHostHasWaited() {
        try (DriverFixture driver = new DriverFixture()) {
            MemorySegment host = driver.pinned(4);
            long buffer = driver.filled(4);
            long stream = driver.stream();
            driver.fill(buffer, 7, 1, stream);
            driver.calls.succeed("cuMemcpyDtoHAsync_v2", host, buffer, 4L, stream);
            assertThat(host.get(ValueLayout.JAVA_INT, 0)).isZero();
            driver.calls.succeed("cuStreamSynchronize", stream);
            assertThat(host.get(ValueLayout.JAVA_INT, 0)).isEqualTo(7);
        }
    }

    @Test
    void whatIsCopiedToPinnedMemoryIsThereForTheNextCopyOfTheStream() {
        try (DriverFixture driver = new DriverFixture()) {
            MemorySegment host = driver.pinned(4);
            long buffer = driver.filled(4);
            long target = driver.filled(4);
            long stream = driver.stream();
            driver.fill(buffer, 7, 1, stream);
            driver.calls.succeed("cuMemcpyDtoHAsync_v2", host, buffer, 4L, stream);
            driver.calls.succeed("cuMemcpyHtoDAsync_v2", target, host, 4L, stream);
            driver.calls.succeed("cuStreamSynchronize", stream);
            assertThat(driver.read(target)).isEqualTo(7);
        }
    }

    @Test
    void unfinishedWorkIsNotReadyAtFirst() {
        try (DriverFixture driver = new DriverFixture()) {
            long buffer = driver.allocate(4);
            long stream = driver.stream();
            long event = driver.event();
            assertThat(driver.calls.status("cuEventQuery", event)).isZero();
            driver.fill(buffer, 7, 1, stream);
            driver.calls.succeed("cuEventRecord", event, stream);
            assertThat(driver.calls.status("cuEventQuery", event)).isEqualTo(NOT_READY);
            assertThat(driver.calls.status("cuEventQuery", event)).isZero();
            driver.fill(buffer, 7, 1, stream);
            assertThat(driver.calls.status("cuStreamQuery", stream)).isEqualTo(NOT_READY);
            assertThat(driver.calls.status("cuStreamQuery", stream)).isZero();
        }
    }

    @Test
    void memoryOfAStreamBelongsToTheStreamUntilOthersWait() {
        try (DriverFixture driver = new DriverFixture()) {
            long first = driver.stream();
            long buffer = driver.calls.make("cuMemAllocAsync", 64L, first);
            driver.fill(buffer, 1, 16, driver.stream());
            assertThat(missingWaits(driver)).singleElement().asString().contains("allocation of 64 bytes in stream 1");
        }
    }
}
