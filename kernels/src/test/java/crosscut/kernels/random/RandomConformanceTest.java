package crosscut.kernels.random;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.Conformance;
import crosscut.kernels.device.cuda.CudaFixture;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** The CPU's bits, wherever a shard of a table starts. */
final class RandomConformanceTest {

    private static CudaFixture fixture;

    @BeforeContainer
    static void open() {
        fixture = CudaFixture.open();
    }

    @AfterContainer
    static void close() {
        fixture.close();
    }

    @Property(tries = 60)
    void uniform(@ForAll @IntRange(min = 0, max = 9) int rows, @ForAll @IntRange(min = 1, max = 200) int columns, @ForAll Random random) {
        assertSame(Conformance.unwrittenView(fixture, DataType.FLOAT32, rows, columns, random), random.nextInt(1000), random);
    }

    @Example
    void indicesBeyondWhatAnIntHolds() {
        Random random = new Random(7);
        assertSame(fixture.zeros(DataType.FLOAT32, 3, 127), 1L << 40, random);
        assertSame(fixture.zeros(DataType.FLOAT32, 3, 5, 2), Long.MAX_VALUE / 8, random);
    }

    private static void assertSame(Tensor target, long firstRow, Random random) {
        Tensor expected = fixture.onCpu(target);
        byte[] before = fixture.bytes(target);
        long seed = random.nextLong();
        long stream = random.nextLong();
        float bound = random.nextFloat();
        fixture.device().random().uniform(target, firstRow, seed, stream, bound);
        fixture.cpu().device().random().uniform(expected, firstRow, seed, stream, bound);
        Conformance.assertSameBits(fixture, target, expected);
        Conformance.assertSurroundingsUntouched(fixture, target, before);
    }
}
