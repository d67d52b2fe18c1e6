package crosscut.kernels.device.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.kernels.device.CpuFixture;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OutOfDeviceMemoryException;
import crosscut.kernels.device.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** Memory, kernels and their arguments, and what a CUDA device refuses. */
class CudaDeviceTest {

    private static Operation scale(CudaFixture fixture, Tensor values, long blocks) {
        return Probe.scale(fixture, values, blocks, 3, 0.5);
    }

    @Test
    void everyKindOfArgumentArrives() {
        try (CudaFixture fixture = CudaFixture.open()) {
            Tensor values = fixture.zeros(DataType.FLOAT32, 70, 1, 2);
            fixture.fill(values, (row, column) -> row);
            fixture.run(scale(fixture, values, 3));
            double[][] result = fixture.values(values);
            for (int row = 0; row < result.length; row++) {
                assertThat(result[row][0]).isEqualTo(3.0 * row + 0.5);
            }
            fixture.assertGapsUntouched(values);
        }
    }

    @Test
    void readingAndWritingWaitForWhatWasLaunched() {
        try (CudaFixture fixture = CudaFixture.open()) {
            Tensor values = fixture.row(DataType.FLOAT32, 1);
            scale(fixture, values, 1).launch(fixture.stream());
            assertThat(fixture.get(values, 0, 0)).isEqualTo(3.5);
            scale(fixture, values, 1).launch(fixture.stream());
            fixture.device().write(values.memory(), 0, MemorySegment.ofArray(new float[] {2}));
            assertThat(fixture.get(values, 0, 0)).isEqualTo(2);
        }
    }

    @Test
    void zeroBlocksLaunchNothing() {
        try (CudaFixture fixture = CudaFixture.open()) {
            Tensor values = fixture.row(DataType.FLOAT32, 1);
            fixture.run(scale(fixture, values, 0));
            assertThat(fixture.get(values, 0, 0)).isEqualTo(1);
        }
    }

    @Test
    void gridsThatNoGpuTakesAreRefusedWithTheNumbers() {
        try (CudaFixture fixture = CudaFixture.open()) {
            Tensor values = fixture.row(DataType.FLOAT32, 1);
            assertThatIllegalArgumentException().isThrownBy(() -> scale(fixture, values, 1L << 31))
                    .withMessage("kernel probe.scale was to be launched with 2147483648 blocks of 32 threads and 0 bytes of shared memory; "
                            + "a GPU takes up to 2147483647 blocks of 1 to 1024 threads");
        }
    }

    @Test
    void memoryIsZeroAndReadsWhatWasWritten() {
        try (CudaFixture fixture = CudaFixture.open(); DeviceMemory memory = fixture.device().allocate("a test", 12)) {
            byte[] read = new byte[12];
            fixture.device().read(memory, 0, MemorySegment.ofArray(read));
            assertThat(read).containsOnly(0);
            fixture.device().write(memory, 4, MemorySegment.ofArray(new byte[] {1, 2, 3, 4}));
            fixture.device().read(memory, 3, MemorySegment.ofArray(read).asSlice(0, 6));
            assertThat(read).startsWith(0, 1, 2, 3, 4, 0);
            assertThatThrownBy(() -> fixture.device().write(memory, 9, MemorySegment.ofArray(new byte[4])))
                    .isInstanceOf(IndexOutOfBoundsException.class).hasMessage("4 bytes from byte 9 of a test, which has 12");
            assertThatThrownBy(memory::hostSegment).isInstanceOf(UnsupportedOperationException.class).hasMessageContaining("a test lies in GPU memory");
        }
    }

    @Test
    void nothingIsAllocatedForAnEmptyTensor() {
        try (CudaFixture fixture = CudaFixture.open(); DeviceMemory memory = fixture.device().allocate("nothing", 0)) {
            assertThat(memory.byteSize()).isZero();
            assertThat(memory.address()).isNotZero();
        }
    }

    @Test
    void constantTablesArrive() {
        try (CudaFixture fixture = CudaFixture.open()) {
            DeviceMemory table = fixture.device().context().upload("a table", 7L, -8L);
            assertThat(fixture.values(table.tensor(0, DataType.INT64, 1, 2))).isDeepEqualTo(new double[][] {{7, -8}});
        }
    }

    @Test
    void pinnedMemoryIsSeenFromBothSides() {
        try (CudaFixture fixture = CudaFixture.open(); DeviceMemory pinned = fixture.device().allocateHost("a batch", 8)) {
            pinned.hostSegment().setAtIndex(ValueLayout.JAVA_FLOAT, 1, 2);
            fixture.run(scale(fixture, pinned.tensor(0, DataType.FLOAT32, 2, 1), 1));
            assertThat(pinned.hostSegment().toArray(ValueLayout.JAVA_FLOAT)).containsExactly(0.5f, 6.5f);
        }
    }

    /** Checkpoints go through the device's read and write, wherever their tensors lie. */
    @Test
    void pinnedMemoryIsReadAndWrittenThroughTheDeviceToo() {
        try (CudaFixture fixture = CudaFixture.open(); DeviceMemory pinned = fixture.device().allocateHost("tables", 12)) {
            assertThat(pinned.isOnHost()).isTrue();
            fixture.device().write(pinned, 4, MemorySegment.ofArray(new float[] {2, 4}));
            scale(fixture, pinned.tensor(4, DataType.FLOAT32, 2, 1), 1).launch(fixture.stream());
            float[] back = new float[3];
            fixture.device().read(pinned, 0, MemorySegment.ofArray(back));
            assertThat(back).containsExactly(0, 6.5f, 12.5f);
            assertThatThrownBy(() -> fixture.device().read(pinned, 4, MemorySegment.ofArray(back))).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void hostMemoryThatThisMachineDoesNotHaveIsRefusedWithTheNumbers() {
        try (CudaFixture fixture = CudaFixture.open()) {
            assertThatThrownBy(() -> fixture.device().allocateHost("embedding tables", 1L << 50)).isInstanceOf(OutOfDeviceMemoryException.class)
                    .hasMessageMatching("embedding tables needs 1048576\\.0 GiB of pinned host memory, but this machine has .+ available; free memory .+");
        }
    }

    @Test
    void whatDoesNotFitIsRefusedWithTheNumbers() {
        try (CudaFixture fixture = CudaFixture.open(); DeviceMemory some = fixture.device().allocate("some", 3L << 20)) {
            assertThatThrownBy(() -> fixture.device().allocate("embedding tables", 1L << 50)).isInstanceOf(OutOfDeviceMemoryException.class)
                    .hasMessageMatching("embedding tables needs 1048576\\.0 GiB, but GPU 0 \\(.+\\) has .+ of its .+ free, with .+ held by this process; "
                            + "use smaller tables, a smaller batch or more GPUs, or end other programs on this GPU");
            assertThat(some.byteSize()).isEqualTo(3L << 20);
        }
    }

    @Test
    void missingKernelsAreNamed() {
        try (CudaFixture fixture = CudaFixture.open()) {
            CudaContext context = fixture.device().context();
            assertThatIllegalStateException().isThrownBy(() -> context.kernel("probe", "scales"))
                    .withMessageStartingWith("kernel scales is not in probe.ptx (");
            assertThatIllegalStateException().isThrownBy(() -> context.kernel("nothing", "scale"))
                    .withMessage("there is no /crosscut/kernels/cuda/nothing.ptx on the class path; the kernels of this build are incomplete");
            assertThatIllegalStateException().isThrownBy(() -> context.kernel("broken", "broken"))
                    .withMessageMatching("GPU 0 \\(.+\\) does not take the kernels of broken.ptx: .*");
        }
    }

    @Test
    void operationsKnowTheStreamsOfTheirDevice() {
        try (CudaFixture fixture = CudaFixture.open(); CpuFixture cpu = new CpuFixture(1)) {
            Operation operation = scale(fixture, fixture.row(DataType.FLOAT32, 1), 1);
            assertThatIllegalArgumentException().isThrownBy(() -> operation.launch(cpu.device().createStream("of the CPU")))
                    .withMessageContaining("which is no stream of a CUDA device");
        }
    }

    @Test
    void aDeviceThatDoesNotExistIsRefused() {
        try (TestGpu gpu = TestGpu.choose()) {
            CudaOptions options = new CudaOptions(12, false, true, false, null, 0, true, message -> { });
            assertThatIllegalStateException().isThrownBy(() -> CudaDevice.open(gpu.libraries(), options))
                    .withMessageStartingWith("there is no GPU 12: the driver offers ");
        }
    }

    @Test
    void closingFreesWhatIsLeftAndClosingTwiceDoesNothing() {
        try (CudaFixture fixture = CudaFixture.open()) {
            DeviceMemory closed = fixture.device().allocate("closed twice", 4);
            closed.close();
            closed.close();
            fixture.device().createEvent();
            fixture.device().createStream("left open");
            fixture.device().allocateHost("left open", 4);
            fixture.device().createUpload(fixture.row(DataType.FLOAT32, 1), 2);
        }
    }

    @Test
    void describesItself() {
        try (CudaFixture fixture = CudaFixture.open()) {
            assertThat(fixture.device().description()).matches("GPU 0 \\(.+\\), compute capability \\d+\\.\\d, \\d+ multiprocessors, .+ GiB.*");
        }
    }
}
