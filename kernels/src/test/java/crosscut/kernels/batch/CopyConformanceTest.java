package crosscut.kernels.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.CudaFixture;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies of several tensors at once have all of their bytes and touch nothing behind them, on both devices. */
final class CopyConformanceTest {

    private static final List<DataType> TYPES = List.of(DataType.FLOAT16, DataType.FLOAT32, DataType.INT64, DataType.INT16, DataType.INT32, DataType.BFLOAT16);

    /** Elements that lie behind a tensor in its memory. */
    private static final int BEHIND = 9;

    @Property(tries = 40)
    void severalTensors(@ForAll @Size(min = 0, max = 6) List<@IntRange(min = 0, max = 20_000) Integer> sizes, @ForAll Random random) {
        assertCopies(sizes, random);
    }

    /** A block copies 16 KiB. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 7, 8, 9, 8191, 8192, 8193, 16_383, 16_384, 16_385})
    void sizesAroundAccessesAndBlocks(int elements) {
        assertCopies(List.of(elements, 5, elements), new Random(elements));
    }

    private static void assertCopies(List<Integer> sizes, Random random) {
        try (CudaFixture fixture = CudaFixture.open()) {
            List<byte[]> contents = sizes.stream().map(size -> bytes(random, size, type(size))).toList();
            List<Tensor> sources = sizes.stream().map(size -> fixture.zeros(type(size), 1, size, BEHIND)).toList();
            List<Tensor> targets = sizes.stream().map(size -> fixture.zeros(type(size), 1, size, BEHIND)).toList();
            List<byte[]> behind = targets.stream().map(fixture::bytes).toList();
            write(fixture.device(), sources, contents);
            fixture.run(fixture.device().batch().copy(sources, targets));
            List<Tensor> onCpu = sizes.stream().map(size -> fixture.cpu().zeros(type(size), 1, size, BEHIND)).toList();
            List<Tensor> copiedOnCpu = sizes.stream().map(size -> fixture.cpu().zeros(type(size), 1, size, 0)).toList();
            write(fixture.cpu().device(), onCpu, contents);
            fixture.cpu().device().batch().copy(onCpu, copiedOnCpu).launch(null);
            for (int index = 0; index < sizes.size(); index++) {
                byte[] expected = behind.get(index);
                System.arraycopy(contents.get(index), 0, expected, 0, contents.get(index).length);
                assertThat(fixture.bytes(targets.get(index))).isEqualTo(expected);
                assertThat(Arrays.copyOf(copiedOnCpu.get(index).hostSegment().toArray(ValueLayout.JAVA_BYTE), contents.get(index).length))
                        .isEqualTo(contents.get(index));
            }
        }
    }

    private static DataType type(int size) {
        return TYPES.get(size % TYPES.size());
    }

    private static byte[] bytes(Random random, int elements, DataType type) {
        byte[] bytes = new byte[elements * type.byteSize()];
        random.nextBytes(bytes);
        return bytes;
    }

    private static void write(Device device, List<Tensor> tensors, List<byte[]> contents) {
        IntStream.range(0, tensors.size()).forEach(index -> device.write(tensors.get(index).memory(), 0, MemorySegment.ofArray(contents.get(index))));
    }

    @Test
    void launchingAllocatesNothing() {
        try (CudaFixture fixture = CudaFixture.silent()) {
            List<Tensor> sources = List.of(fixture.zeros(DataType.INT32, 1, 5), fixture.zeros(DataType.FLOAT16, 3, 7));
            List<Tensor> targets = List.of(fixture.zeros(DataType.INT32, 1, 5), fixture.zeros(DataType.FLOAT16, 3, 7));
            fixture.assertAllocatesNothing(fixture.device().batch().copy(sources, targets));
        }
    }

    @Test
    void refusesWhatCannotBeCopied() {
        try (CudaFixture fixture = CudaFixture.open()) {
            BatchOperations operations = fixture.device().batch();
            Tensor one = fixture.zeros(DataType.INT32, 2, 8);
            assertThatThrownBy(() -> operations.copy(List.of(one), List.of())).hasMessage("1 tensors to copy to 0");
            assertThatThrownBy(() -> operations.copy(List.of(one), List.of(fixture.zeros(DataType.INT32, 8, 2))))
                    .hasMessage("target 0 is 8 x 2 INT32 where 2 x 8 is needed");
            assertThatThrownBy(() -> operations.copy(List.of(one), List.of(fixture.zeros(DataType.FLOAT32, 2, 8))))
                    .hasMessage("target 0 is 2 x 8 FLOAT32 where INT32 is needed");
            assertThatThrownBy(() -> operations.copy(List.of(one), List.of(fixture.zeros(DataType.INT32, 2, 8, 1))))
                    .hasMessageContaining("row strides 8 and 9 where dense tensors");
            assertThatThrownBy(() -> operations.copy(List.of(one.rowRange(0, 1).columnRange(1, 7)), List.of(fixture.zeros(DataType.INT32, 1, 7))))
                    .hasMessageContaining("starts at byte 4 where a multiple of 16 is needed");
        }
    }
}
