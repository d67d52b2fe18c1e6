package crosscut.kernels.collective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.CudaFixture;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What collectives of devices have to do, whatever connects the devices: ranks as threads with a simulated GPU each, exchanges captured and replayed. */
abstract class DeviceCollectivesContract {

    /** Nothing, one, and sizes that no number of ranks divides. */
    private static final int[] SIZES = {0, 1, 7, 1001};

    /** What one rank does with its device. */
    interface Program<T> {

        T run(CudaFixture gpu, Collectives collectives) throws Exception;
    }

    /** The collectives of one rank of a new world of {@code size}. */
    abstract Collectives connect(CudaFixture gpu, Collectives hosts);

    <T> List<T> run(int size, Program<T> program) {
        return ThreadRanks.run(size, hosts -> {
            try (CudaFixture gpu = CudaFixture.open(); Collectives collectives = connect(gpu, hosts)) {
                return program.run(gpu, collectives);
            }
        });
    }

    /** Launches it once, and twice more as a graph. */
    private static void launchAndReplay(CudaFixture gpu, Collectives collectives, Operation operation) {
        gpu.run(operation);
        Operation graph = gpu.device().capture("exchange", gpu.stream(), operation);
        gpu.run(graph, graph);
        collectives.check();
    }

    private static float[] content(int from, int to, int index) {
        Random random = new Random(1_000_003L * from + 1009L * to + index);
        float[] values = new float[SIZES[random.nextInt(SIZES.length)]];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(8) - 4));
        }
        return values;
    }

    private static Tensor floats(CudaFixture gpu, float[] values) {
        Tensor tensor = gpu.zeros(DataType.FLOAT32, 1, values.length);
        gpu.device().write(tensor.memory(), 0, MemorySegment.ofArray(values));
        return tensor;
    }

    private static float[] values(CudaFixture gpu, Tensor tensor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(tensor.elements() * Float.BYTES, Float.BYTES);
            gpu.device().read(tensor.memory(), tensor.byteOffset(), bytes);
            return bytes.toArray(ValueLayout.JAVA_FLOAT);
        }
    }

    private static float[] terms(int rank, int elements) {
        Random random = new Random(77L * rank + elements);
        float[] values = new float[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(8) - 4));
        }
        return values;
    }

    /** Exchanges of both are captured and replayed on streams that nothing orders. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void duplicatesExchangeBesideTheOriginal(int size) {
        run(size, (gpu, collectives) -> {
            Collectives duplicate = collectives.duplicate();
            Tensor here = floats(gpu, new float[] {1, 2});
            Tensor there = floats(gpu, new float[] {10});
            try (Stream beside = gpu.device().createStream("beside")) {
                Operation first = gpu.device().capture("exchange", gpu.stream(), collectives.allReduceSum(here));
                Operation second = gpu.device().capture("exchange beside it", beside, duplicate.allReduceSum(there));
                first.launch(gpu.stream());
                second.launch(beside);
                first.launch(gpu.stream());
                beside.synchronize();
                gpu.stream().synchronize();
                collectives.check();
            }
            assertThat(values(gpu, here)).containsExactly(size * size, 2 * size * size);
            assertThat(values(gpu, there)).containsExactly(10 * size);
            return null;
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void everyRankGetsWhatEveryRankSentIt(int size) {
        run(size, (gpu, collectives) -> {
            int rank = collectives.rank();
            List<List<Tensor>> send = new ArrayList<>();
            List<List<Tensor>> receive = new ArrayList<>();
            for (int peer = 0; peer < size; peer++) {
                send.add(List.of(floats(gpu, content(rank, peer, 0)), floats(gpu, content(rank, peer, 1))));
                receive.add(List.of(gpu.zeros(DataType.FLOAT32, 1, content(peer, rank, 0).length), gpu.zeros(DataType.FLOAT32, 1, content(peer, rank, 1).length)));
            }
            launchAndReplay(gpu, collectives, collectives.allToAll(send, receive));
            for (int peer = 0; peer < size; peer++) {
                assertThat(values(gpu, receive.get(peer).get(0))).isEqualTo(content(peer, rank, 0));
                assertThat(values(gpu, receive.get(peer).get(1))).isEqualTo(content(peer, rank, 1));
            }
            return null;
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4})
    void sumsHaveTheBitsOfAdditionInTheOrderOfRanks(int size) {
        for (int elements : SIZES) {
            List<float[]> sums = run(size, (gpu, collectives) -> {
                Tensor values = floats(gpu, terms(collectives.rank(), elements));
                gpu.run(collectives.allReduceSum(values));
                collectives.check();
                return values(gpu, values);
            });
            float[] expected = terms(0, elements);
            for (int rank = 1; rank < size; rank++) {
                float[] next = terms(rank, elements);
                for (int i = 0; i < elements; i++) {
                    expected[i] += next[i];
                }
            }
            assertThat(sums).allSatisfy(sum -> assertThat(sum).isEqualTo(expected));
        }
    }

    /** Parts of uneven sizes, one of them empty. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void everyRankGetsTheSumOfItsParts(int size) {
        run(size, (gpu, collectives) -> {
            int rank = collectives.rank();
            List<Tensor> parts = IntStream.range(0, size).mapToObj(peer -> floats(gpu, terms(10 * rank + peer, SIZES[peer]))).toList();
            gpu.run(collectives.reduceScatterSum(parts));
            collectives.check();
            float[] expected = terms(rank, SIZES[rank]);
            for (int peer = 1; peer < size; peer++) {
                float[] next = terms(10 * peer + rank, SIZES[rank]);
                for (int i = 0; i < expected.length; i++) {
                    expected[i] += next[i];
                }
            }
            assertThat(values(gpu, parts.get(rank))).isEqualTo(expected);
            for (int peer = 0; peer < size; peer++) {
                if (peer != rank) {
                    assertThat(values(gpu, parts.get(peer))).isEqualTo(terms(10 * rank + peer, SIZES[peer]));
                }
            }
            return null;
        });
    }

    @Test
    void aReplayedSumTakesWhatIsThereThen() {
        List<float[]> sums = run(2, (gpu, collectives) -> {
            Tensor values = floats(gpu, new float[] {collectives.rank() + 1});
            launchAndReplay(gpu, collectives, collectives.allReduceSum(values));
            return values(gpu, values);
        });
        assertThat(sums).allSatisfy(sum -> assertThat(sum).containsExactly(12));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4})
    void partsOfAnySizeAreGathered(int size) {
        run(size, (gpu, collectives) -> {
            List<Tensor> parts = IntStream.range(0, size).mapToObj(peer -> gpu.zeros(DataType.FLOAT32, 1, content(peer, 0, 2).length)).toList();
            launchAndReplay(gpu, collectives, collectives.allGather(floats(gpu, content(collectives.rank(), 0, 2)), parts));
            for (int peer = 0; peer < size; peer++) {
                assertThat(values(gpu, parts.get(peer))).isEqualTo(content(peer, 0, 2));
            }
            return null;
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void theRootsValuesReachAll(int size) {
        List<float[]> received = run(size, (gpu, collectives) -> {
            Tensor values = floats(gpu, terms(collectives.rank(), 1001));
            launchAndReplay(gpu, collectives, collectives.broadcast(values, size - 1));
            return values(gpu, values);
        });
        assertThat(received).allSatisfy(values -> assertThat(values).isEqualTo(terms(size - 1, 1001)));
    }

    @Test
    void exchangesOfOneGraphFollowEachOther() {
        List<float[]> received = run(3, (gpu, collectives) -> {
            Tensor values = floats(gpu, new float[] {1 << collectives.rank(), 1});
            launchAndReplay(gpu, collectives, new OperationSequence(List.of(collectives.allReduceSum(values), collectives.broadcast(values.columnRange(0, 1), 2),
                    collectives.allReduceSum(values.columnRange(1, 1)))));
            return values(gpu, values);
        });
        assertThat(received).allSatisfy(values -> assertThat(values).containsExactly(7 * 9, 9 * 9 * 9));
    }

    @Test
    void hostDataGoToTheFirstRankAndBack() {
        run(3, (gpu, collectives) -> {
            List<byte[]> parts = collectives.gather(new byte[] {(byte) collectives.rank()});
            assertThat(parts).hasSize(collectives.rank() == 0 ? 3 : 0);
            collectives.barrier();
            byte[] answer = collectives.broadcast(collectives.rank() == 0 ? "all is well".getBytes(StandardCharsets.UTF_8) : null);
            assertThat(new String(answer, StandardCharsets.UTF_8)).isEqualTo("all is well");
            return null;
        });
    }

    @Test
    void tensorsWithGapsAndOtherTypesAreRefused() {
        run(2, (gpu, collectives) -> {
            Tensor gaps = gpu.zeros(DataType.FLOAT32, 4, 6).columnRange(1, 2);
            Tensor integers = gpu.zeros(DataType.INT32, 1, 4);
            assertThatThrownBy(() -> collectives.allGather(gaps, List.of(gaps, gaps))).hasMessageContaining("gaps between its rows");
            assertThatThrownBy(() -> collectives.allReduceSum(integers)).hasMessageContaining("sums FLOAT32");
            assertThatThrownBy(() -> collectives.broadcast(integers, 2)).hasMessageContaining("rank 2 of 2");
            assertThatThrownBy(() -> collectives.allToAll(List.of(), List.of())).hasMessageContaining("send names 0 ranks of 2");
            return null;
        });
    }
}
