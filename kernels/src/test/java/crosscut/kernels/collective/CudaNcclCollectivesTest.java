package crosscut.kernels.collective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.bindings.NativeException;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.PlannedMemory;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.CudaFixture;
import crosscut.simulator.nccl.SimulatedNetwork;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** GPUs that NCCL connects: simulated ones, or with {@code -Dcrosscut.device=cuda} the machine's GPU as a world of one. */
@Timeout(120)
class CudaNcclCollectivesTest extends DeviceCollectivesContract {

    private final SimulatedNetwork network = new SimulatedNetwork();
    private Duration timeout = Duration.ofSeconds(60);

    @Override
    Collectives connect(CudaFixture gpu, Collectives hosts) {
        return NcclCollectives.join(gpu.device(), gpu.nccl(network), hosts, timeout);
    }

    @Override
    <T> List<T> run(int size, Program<T> program) {
        Assumptions.assumeTrue(size == 1 || CudaFixture.isSimulated(), "NCCL takes one rank per GPU");
        return super.run(size, program);
    }

    /** Above 32 KiB a sum goes in two rounds; chunks of these sizes are unequal. What a sum allocates is what was planned. */
    @ParameterizedTest
    @ValueSource(ints = {5000, 8193, 9001, 40_000})
    void largeSumsHaveTheSameBits(int elements) {
        for (int size = 2; size <= 4; size++) {
            int ranks = size;
            float[][] terms = new float[ranks][elements];
            for (int rank = 0; rank < ranks; rank++) {
                Random random = new Random(31L * rank + elements);
                for (int i = 0; i < elements; i++) {
                    terms[rank][i] = (float) (random.nextGaussian() * Math.pow(10, random.nextInt(8) - 4));
                }
            }
            List<double[]> sums = run(ranks, (gpu, collectives) -> {
                Tensor values = gpu.zeros(DataType.FLOAT32, 1, elements);
                gpu.fill(values, (_, column) -> terms[collectives.rank()][column]);
                long free = gpu.device().freeMemory();
                Operation sum = collectives.allReduceSum(values);
                long planned = NcclCollectives.plannedAllReduce(values, collectives.rank(), ranks).stream().mapToLong(PlannedMemory::byteSize).sum();
                assertThat(free - gpu.device().freeMemory()).isEqualTo(planned).isPositive();
                gpu.run(sum);
                collectives.check();
                return gpu.values(values)[0];
            });
            double[] expected = new double[elements];
            for (int i = 0; i < elements; i++) {
                float sum = terms[0][i];
                for (int rank = 1; rank < ranks; rank++) {
                    sum += terms[rank][i];
                }
                expected[i] = sum;
            }
            assertThat(sums).allSatisfy(sum -> assertThat(sum).isEqualTo(expected));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anExchangeThatARankDoesNotComeToIsAbortedAndNamed(boolean isCaptured) {
        timeout = Duration.ofMillis(500);
        List<CollectiveException> failures = run(2, (gpu, collectives) -> {
            Tensor values = gpu.zeros(DataType.FLOAT32, 1, 5);
            Operation sum = collectives.allReduceSum(values);
            Operation launched = isCaptured ? gpu.device().capture("step", gpu.stream(), sum) : sum;
            if (collectives.rank() == 1) {
                return failureOf(collectives);
            }
            gpu.run(launched);
            CollectiveException failure = failureOf(collectives);
            assertThatThrownBy(() -> sum.launch(gpu.stream())).isSameAs(failure);
            assertThatThrownBy(() -> collectives.gather(new byte[1])).isSameAs(failure);
            return failure;
        });
        assertThat(failures.get(0)).hasMessage("rank 0 waited 500 ms in all-reduce of 20 bytes for another rank");
        assertThat(failures.get(1)).hasMessageStartingWith("rank 1 in nothing: a collective returned ncclRemoteError (6): remote process exited")
                .hasCauseInstanceOf(NativeException.class);
    }

    private static CollectiveException failureOf(Collectives collectives) throws InterruptedException {
        while (true) {
            try {
                collectives.check();
                Thread.sleep(5);
            } catch (CollectiveException failure) {
                return failure;
            }
        }
    }

    @Test
    void ranksThatDisagreeAboutTheExchangeFindOut() {
        timeout = Duration.ofSeconds(2);
        List<String> failures = run(2, (gpu, collectives) -> {
            Tensor values = gpu.zeros(DataType.FLOAT32, 1, 10 + collectives.rank());
            gpu.run(collectives.allReduceSum(values));
            return failureOf(collectives).getMessage();
        });
        assertThat(failures).anySatisfy(failure -> assertThat(failure).contains("ncclInvalidUsage (5)"));
    }

    @Test
    void launchingAllocatesNothing() {
        ThreadRanks.run(1, hosts -> {
            try (CudaFixture gpu = CudaFixture.silent();
                    Collectives collectives = NcclCollectives.join(gpu.device(), gpu.silentNccl(network), hosts, timeout)) {
                Tensor one = gpu.zeros(DataType.FLOAT32, 1, 50_000);
                Tensor other = gpu.zeros(DataType.FLOAT32, 1, 50_000);
                gpu.assertAllocatesNothing(collectives.allToAll(List.of(List.of(one)), List.of(List.of(other))), collectives.allReduceSum(one),
                        collectives.allGather(one, List.of(other)), collectives.broadcast(one, 0));
            }
            return null;
        });
    }

    @Test
    void waitingLongBetweenExchangesIsNoFailure() {
        timeout = Duration.ofMillis(100);
        run(2, (gpu, collectives) -> {
            Operation sum = collectives.allReduceSum(gpu.zeros(DataType.FLOAT32, 1, 5));
            for (int round = 0; round < 2; round++) {
                collectives.barrier();
                gpu.run(sum);
                Thread.sleep(400);
                collectives.check();
            }
            return null;
        });
    }
}
