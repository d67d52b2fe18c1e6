package crosscut.kernels.collective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ranks as threads over real sockets; world sizes 1 to 8. */
class SocketCollectivesTest {

    /** Sizes around every border: nothing, one, staged, just not staged, many packets. */
    private static final int[] SIZES = {0, 1, 7, 8191, 8192, 8193, 300_001};

    /** What {@code from} sends to {@code to} as its {@code index}-th tensor: both know it without talking. */
    private static float[] content(int from, int to, int index) {
        Random random = new Random(1_000_003L * from + 1009L * to + index);
        float[] values = new float[SIZES[random.nextInt(SIZES.length)]];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
        }
        return values;
    }

    private static void arriveLate(int rank, int round) throws InterruptedException {
        Thread.sleep(new Random(31L * rank + round).nextInt(4));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 8})
    void everyRankGetsWhatEveryRankSentIt(int size) {
        ThreadRanks.run(size, collectives -> {
            int rank = collectives.rank();
            List<List<Tensor>> send = new ArrayList<>();
            List<List<Tensor>> receive = new ArrayList<>();
            for (int peer = 0; peer < size; peer++) {
                send.add(List.of(HostMemory.floats(content(rank, peer, 0)), HostMemory.floats(content(rank, peer, 1))));
                receive.add(List.of(HostMemory.floats(content(peer, rank, 0).length), HostMemory.floats(content(peer, rank, 1).length)));
            }
            Operation exchange = collectives.allToAll(send, receive);
            for (int round = 0; round < 3; round++) {
                arriveLate(rank, round);
                exchange.launch(null);
            }
            for (int peer = 0; peer < size; peer++) {
                assertThat(HostMemory.values(receive.get(peer).get(0))).isEqualTo(content(peer, rank, 0));
                assertThat(HostMemory.values(receive.get(peer).get(1))).isEqualTo(content(peer, rank, 1));
            }
            return null;
        });
    }

    /** Rank 1 exchanges over the duplicate first, rank 0 over both at once. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void duplicatesHaveAnOrderOfTheirOwn(int size) {
        ThreadRanks.run(size, collectives -> {
            Collectives duplicate = collectives.duplicate();
            assertThat(duplicate.rank()).isEqualTo(collectives.rank());
            assertThat(duplicate.size()).isEqualTo(size);
            Tensor here = HostMemory.floats(new float[] {1});
            Tensor there = HostMemory.floats(new float[] {10});
            Operation first = collectives.allReduceSum(here);
            Operation second = duplicate.allReduceSum(there);
            Thread beside = Thread.ofPlatform().unstarted(() -> first.launch(null));
            if (collectives.rank() == 0) {
                beside.start();
            }
            second.launch(null);
            if (collectives.rank() == 0) {
                beside.join();
            } else {
                first.launch(null);
            }
            assertThat(HostMemory.values(here)).containsExactly(size);
            assertThat(HostMemory.values(there)).containsExactly(10 * size);
            assertThat(collectives.gather(new byte[1])).hasSize(collectives.rank() == 0 ? size : 0);
            return null;
        });
    }

    @Test
    void largeMessagesToEverybodyAtOnceDoNotBlock() {
        int elements = 1 << 20;
        ThreadRanks.run(4, collectives -> {
            List<List<Tensor>> send = new ArrayList<>();
            List<List<Tensor>> receive = new ArrayList<>();
            for (int peer = 0; peer < 4; peer++) {
                float[] values = new float[elements];
                Arrays.fill(values, 10 * collectives.rank() + peer);
                send.add(List.of(HostMemory.floats(values)));
                receive.add(List.of(HostMemory.floats(elements)));
            }
            collectives.allToAll(send, receive).launch(null);
            for (int peer = 0; peer < 4; peer++) {
                assertThat(HostMemory.values(receive.get(peer).getFirst())).containsOnly(10 * peer + collectives.rank());
            }
            return null;
        });
    }

    private static float[] terms(int rank, int elements) {
        Random random = new Random(77L * rank + elements);
        float[] values = new float[elements];
        for (int i = 0; i < elements; i++) {
            values[i] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(8) - 4));
        }
        return values;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 8})
    void sumsHaveTheBitsOfAdditionInTheOrderOfRanks(int size) {
        for (int elements : SIZES) {
            float[] expected = terms(0, elements);
            for (int rank = 1; rank < size; rank++) {
                float[] next = terms(rank, elements);
                for (int i = 0; i < elements; i++) {
                    expected[i] += next[i];
                }
            }
            List<float[]> sums = ThreadRanks.run(size, collectives -> {
                Tensor values = HostMemory.floats(terms(collectives.rank(), elements));
                arriveLate(collectives.rank(), elements);
                collectives.allReduceSum(values).launch(null);
                return HostMemory.values(values);
            });
            assertThat(sums).allSatisfy(sum -> assertThat(sum).isEqualTo(expected));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void everyRankGetsTheSumOfItsParts(int size) {
        int[] sizes = {9001, 0, 7, 8193};
        ThreadRanks.run(size, collectives -> {
            int rank = collectives.rank();
            List<Tensor> parts = new ArrayList<>();
            for (int peer = 0; peer < size; peer++) {
                parts.add(HostMemory.floats(terms(10 * rank + peer, sizes[peer])));
            }
            collectives.reduceScatterSum(parts).launch(null);
            float[] expected = terms(rank, sizes[rank]);
            for (int peer = 1; peer < size; peer++) {
                float[] next = terms(10 * peer + rank, sizes[rank]);
                for (int i = 0; i < expected.length; i++) {
                    expected[i] += next[i];
                }
            }
            for (int peer = 0; peer < size; peer++) {
                assertThat(HostMemory.values(parts.get(peer))).isEqualTo(peer == rank ? expected : terms(10 * rank + peer, sizes[peer]));
            }
            return null;
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 8})
    void partsOfAnySizeAreGathered(int size) {
        ThreadRanks.run(size, collectives -> {
            List<Tensor> parts = new ArrayList<>();
            for (int peer = 0; peer < size; peer++) {
                parts.add(HostMemory.floats(content(peer, 0, 2).length));
            }
            collectives.allGather(HostMemory.floats(content(collectives.rank(), 0, 2)), parts).launch(null);
            for (int peer = 0; peer < size; peer++) {
                assertThat(HostMemory.values(parts.get(peer))).isEqualTo(content(peer, 0, 2));
            }
            return null;
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void theRootsValuesReachAll(int size) {
        int root = size - 1;
        List<float[]> received = ThreadRanks.run(size, collectives -> {
            Tensor values = HostMemory.floats(terms(collectives.rank(), 9001));
            collectives.broadcast(values, root).launch(null);
            return HostMemory.values(values);
        });
        assertThat(received).allSatisfy(values -> assertThat(values).isEqualTo(terms(root, 9001)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void hostDataGoToTheFirstRankAndBack(int size) {
        ThreadRanks.run(size, collectives -> {
            String own = "x".repeat(collectives.rank() * 20_000);
            List<byte[]> parts = collectives.gather(own.getBytes(StandardCharsets.UTF_8));
            assertThat(parts).hasSize(collectives.rank() == 0 ? size : 0);
            for (int peer = 0; peer < parts.size(); peer++) {
                assertThat(parts.get(peer)).hasSize(peer * 20_000);
            }
            byte[] answer = collectives.broadcast(collectives.rank() == 0 ? "all is well".getBytes(StandardCharsets.UTF_8) : null);
            assertThat(new String(answer, StandardCharsets.UTF_8)).isEqualTo("all is well");
            return null;
        });
    }

    @Test
    void aDeadPeerIsNamedWithTheExchange() {
        List<Throwable> failures = ThreadRanks.failures(4,
                (rank, point) -> new Rendezvous(point, ThreadRanks.SECRET, ThreadRanks.TIMEOUT, ThreadRanks.TIMEOUT, false).meet(ThreadRanks.member(rank, 4)),
                collectives -> {
                    if (collectives.rank() == 3) {
                        return null;
                    }
                    Operation sum = collectives.allReduceSum(HostMemory.floats(100_000));
                    assertThatThrownBy(() -> sum.launch(null)).isInstanceOf(CollectiveException.class);
                    assertThatThrownBy(() -> sum.launch(null)).hasMessageContaining("after an earlier failure");
                    sum.launch(null);
                    return null;
                });
        assertThat(failures.get(3)).isNull();
        assertThat(failures.subList(0, 3)).allSatisfy(
                failure -> assertThat(failure.getMessage()).containsPattern("rank \\d closed the connection during all-reduce"));
        assertThat(failures.subList(0, 3)).anySatisfy(failure -> assertThat(failure.getMessage()).contains("rank 3 closed the connection during all-reduce"));
    }

    @Test
    void aPeerThatDoesNotComeIsNamedAfterTheTimeout() {
        ThreadRanks.run(2, Duration.ofMillis(300), collectives -> {
            if (collectives.rank() == 1) {
                Thread.sleep(800);
                return null;
            }
            assertThatThrownBy(collectives::barrier).isInstanceOf(CollectiveException.class).hasMessageContaining("in barrier for rank 1");
            return null;
        });
    }

    @Test
    void ranksThatDisagreeAboutTheExchangeFindOut() {
        List<Throwable> failures = ThreadRanks.failures(2,
                (rank, point) -> new Rendezvous(point, ThreadRanks.SECRET, ThreadRanks.TIMEOUT, ThreadRanks.TIMEOUT, false).meet(ThreadRanks.member(rank, 2)),
                collectives -> {
                    collectives.allReduceSum(HostMemory.floats(collectives.rank() == 0 ? 10 : 11)).launch(null);
                    return null;
                });
        assertThat(failures).anySatisfy(failure -> assertThat(failure).hasMessageContaining("the ranks do not run the same program"));
    }

    @Test
    void tensorsWithGapsAndOtherTypesAreRefused() {
        try (Collectives collectives = new SingleRankCollectives()) {
            Tensor gaps = HostMemory.floats(4, 6).columnRange(1, 2);
            assertThatThrownBy(() -> collectives.allGather(gaps, List.of(gaps))).hasMessageContaining("gaps between its rows");
        }
        ThreadRanks.run(2, collectives -> {
            Tensor integers = new Tensor(HostMemory.floats(4).memory(), 0, DataType.INT32, 1, 4, 4);
            assertThatThrownBy(() -> collectives.allReduceSum(integers)).hasMessageContaining("sums FLOAT32");
            assertThatThrownBy(() -> collectives.broadcast(integers, 2)).hasMessageContaining("rank 2 of 2");
            return null;
        });
    }

    @Test
    void launchingAllocatesNothing() {
        List<Long> allocated = ThreadRanks.run(2, collectives -> {
            List<List<Tensor>> send = List.of(List.of(HostMemory.floats(100)), List.of(HostMemory.floats(100)));
            List<List<Tensor>> receive = List.of(List.of(HostMemory.floats(100)), List.of(HostMemory.floats(100)));
            Operation[] operations = {collectives.allToAll(send, receive), collectives.allReduceSum(HostMemory.floats(5)),
                collectives.allReduceSum(HostMemory.floats(50_000))};
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long best = Long.MAX_VALUE;
            for (int round = 0; round < 40; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int launch = 0; launch < 50; launch++) {
                    for (Operation operation : operations) {
                        operation.launch(null);
                    }
                }
                best = Math.min(best, threads.getCurrentThreadAllocatedBytes() - before);
            }
            return best;
        });
        assertThat(allocated).allSatisfy(bytes -> assertThat(bytes).as("bytes in the best of 40 rounds of 150 launches").isZero());
    }
}
