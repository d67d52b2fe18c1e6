package crosscut.kernels.loss;

import crosscut.kernels.Tolerance;
import crosscut.kernels.device.CpuFixture;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.Conformance;
import crosscut.kernels.device.cuda.CudaFixture;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

import static org.assertj.core.api.Assertions.assertThat;

/** The CPU's loss and gradient within their rounding; exp and log1p of the two devices differ in the last place of a double. */
final class LossConformanceTest {

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
    void lossAndGradient(@ForAll @IntRange(min = 0, max = 2600) int rows, @ForAll boolean scaled, @ForAll boolean learns, @ForAll Random random) {
        for (DataType type : Conformance.TYPES) {
            assertAgrees(type, rows, scaled, learns, random);
        }
    }

    /** Where rounds of a block, blocks and their sums end. {@code MutationScoreTest} takes its score with these launches, which are the same every time. */
    @Example
    @Tag("edges")
    void atTheEdgesOfBlocks() {
        Random random = new Random(1);
        for (int rows : new int[] {1, 256, 769, 1025}) {
            for (DataType type : Conformance.TYPES) {
                assertAgrees(type, rows, rows % 2 == 0, rows != 769, random);
            }
        }
        // More sums of blocks than the block that adds them has threads.
        assertAgrees(DataType.BFLOAT16, 257 * 1024 + 1, false, false, random);
    }

    private static void assertAgrees(DataType type, int rows, boolean scaled, boolean learns, Random random) {
        Tensor logits = Conformance.unwrittenView(fixture, type, rows, 1, random);
        Tensor labels = fixture.zeros(DataType.FLOAT32, 1, rows);
        if (rows > 0) {
            fixture.fill(logits, (row, column) -> logit(random));
            fixture.fill(labels, (row, column) -> random.nextInt(2));
        }
        Tensor gradient = learns ? Conformance.unwrittenView(fixture, type, rows, 1, random) : null;
        Tensor loss = fixture.zeros(DataType.FLOAT32, 1, 1);
        Tensor scale = scaled ? fixture.row(DataType.FLOAT32, 1024) : null;
        Tensor expectedGradient = learns ? fixture.onCpu(gradient) : null;
        Tensor expectedLoss = fixture.onCpu(loss);
        byte[] before = learns ? fixture.bytes(gradient) : null;
        Operation operation = fixture.device().loss().binaryCrossEntropy(logits, labels, 2 * rows + 1, scale, gradient, loss);
        fixture.run(operation);
        fixture.cpu().device().loss().binaryCrossEntropy(fixture.onCpu(logits), fixture.onCpu(labels), 2 * rows + 1,
                scaled ? fixture.onCpu(scale) : null, expectedGradient, expectedLoss).launch(null);
        assertThat(new Tolerance(DataType.FLOAT32, 1).accepts(fixture.get(loss, 0, 0), CpuFixture.get(expectedLoss, 0, 0), 0)).isTrue();
        byte[] first = fixture.bytes(loss);
        fixture.run(operation);
        assertThat(fixture.bytes(loss)).isEqualTo(first);
        if (learns) {
            Conformance.assertSameBitsButForOneRounding(fixture, gradient, expectedGradient);
            Conformance.assertSurroundingsUntouched(fixture, gradient, before);
        }
    }

    private static double logit(Random random) {
        return random.nextInt(20) == 0 ? (random.nextBoolean() ? 1 : -1) * Math.pow(10, random.nextInt(5)) : 40 * random.nextDouble() - 20;
    }

    @Example
    void sameBitsInEveryOrderOfLanes() {
        CudaFixture.assertSameBits(other -> {
            Random random = new Random(3);
            Tensor logits = other.random(DataType.FLOAT32, 3000, 1, 0, 9, random);
            Tensor loss = other.zeros(DataType.FLOAT32, 1, 1);
            other.run(other.device().loss().binaryCrossEntropy(logits, other.zeros(DataType.FLOAT32, 1, 3000), 3000, null, logits, loss));
            return other.bytes(loss);
        });
    }

    @Example
    void aLogitThatIsNotANumberShowsInLossAndGradient() {
        Tensor logits = fixture.zeros(DataType.FLOAT16, 3, 1);
        fixture.fill(logits, (row, column) -> row == 1 ? Double.NaN : 0);
        Tensor labels = fixture.row(DataType.FLOAT32, 0, 1, 1);
        Tensor gradient = fixture.zeros(DataType.FLOAT16, 3, 1);
        Tensor loss = fixture.zeros(DataType.FLOAT32, 1, 1);
        fixture.run(fixture.device().loss().binaryCrossEntropy(logits, labels, 1, null, gradient, loss));
        assertThat(fixture.get(loss, 0, 0)).isNaN();
        assertThat(fixture.get(gradient, 0, 0)).isEqualTo(0.5);
        assertThat(fixture.get(gradient, 1, 0)).isNaN();
        assertThat(fixture.get(gradient, 2, 0)).isEqualTo(-0.5);
    }
}
