package crosscut.kernels.loss;

import crosscut.kernels.Tolerance;
import crosscut.kernels.device.CpuFixture;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Tensor;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

final class CpuBinaryCrossEntropyTest {

    @Test
    void handWorkedNumbers() {
        try (CpuFixture fixture = new CpuFixture(1)) {
            Tensor logits = column(fixture, DataType.FLOAT32, 0, 1000, -1000, 2);
            Tensor labels = fixture.row(DataType.FLOAT32, 1, 0, 1, 1);
            Tensor gradient = fixture.zeros(DataType.FLOAT32, 4, 1, 2);
            Tensor loss = fixture.zeros(DataType.FLOAT32, 1, 1);
            fixture.device().loss().binaryCrossEntropy(logits, labels, 8, fixture.row(DataType.FLOAT32, 16), gradient, loss).launch(null);
            // ln 2 + 1000 + 1000 + ln(1 + e^-2), over a global batch of 8.
            assertThat(CpuFixture.get(loss, 0, 0)).isCloseTo((0.6931471805599453 + 2000 + 0.1269280110429725) / 8, within(2e-5));
            assertThat(CpuFixture.get(gradient, 0, 0)).isEqualTo(-1);
            assertThat(CpuFixture.get(gradient, 1, 0)).isEqualTo(2);
            assertThat(CpuFixture.get(gradient, 2, 0)).isEqualTo(-2);
            assertThat(CpuFixture.get(gradient, 3, 0)).isCloseTo(2 * (0.8807970779778823 - 1), within(1e-7));
            CpuFixture.assertGapsUntouched(gradient);
        }
    }

    @Property(tries = 40)
    void agreesWithDoubles(@ForAll @IntRange(min = 1, max = 3000) int rows, @ForAll boolean half, @ForAll Random random) {
        DataType type = half ? DataType.BFLOAT16 : DataType.FLOAT32;
        try (CpuFixture fixture = new CpuFixture(3)) {
            Tensor logits = fixture.random(type, rows, 1, random.nextInt(3), 20, random);
            Tensor labels = labels(fixture, rows, random);
            Tensor gradient = fixture.zeros(type, rows, 1);
            Tensor loss = fixture.zeros(DataType.FLOAT32, 1, 1);
            fixture.device().loss().binaryCrossEntropy(logits, labels, rows, null, gradient, loss).launch(null);
            double expected = 0;
            for (int row = 0; row < rows; row++) {
                double z = CpuFixture.get(logits, row, 0);
                double y = CpuFixture.get(labels, 0, row);
                double probability = 1 / (1 + Math.exp(-z));
                expected -= y * Math.log(probability) + (1 - y) * Math.log1p(-probability);
                assertThat(new Tolerance(type, 1).accepts(CpuFixture.get(gradient, row, 0), (probability - y) / rows, 1.0 / rows)).isTrue();
            }
            assertThat(new Tolerance(DataType.FLOAT32, 1).accepts(CpuFixture.get(loss, 0, 0), expected / rows, 20)).isTrue();
        }
    }

    @Test
    void sameBitsForAnyThreadCount() {
        CpuFixture.assertSameBits(fixture -> {
            Random random = new Random(5);
            Tensor logits = fixture.random(DataType.FLOAT32, 10_001, 1, 0, 8, random);
            Tensor labels = labels(fixture, 10_001, random);
            Tensor loss = fixture.zeros(DataType.FLOAT32, 1, 1);
            fixture.device().loss().binaryCrossEntropy(logits, labels, 10_001, null, null, loss).launch(null);
            return CpuFixture.bytes(loss);
        });
    }

    @Test
    void launchingAllocatesNothing() {
        try (CpuFixture fixture = new CpuFixture(1)) {
            Tensor logits = fixture.random(DataType.BFLOAT16, 100, 1, 0, 8, new Random(5));
            Tensor labels = labels(fixture, 100, new Random(6));
            Tensor loss = fixture.zeros(DataType.FLOAT32, 1, 1);
            CpuFixture.assertAllocatesNothing(fixture.device().loss().binaryCrossEntropy(logits, labels, 100, null, logits, loss));
        }
    }

    @Test
    void refusesOtherShapes() {
        try (CpuFixture fixture = new CpuFixture(1)) {
            Tensor logits = fixture.zeros(DataType.FLOAT32, 4, 1);
            Tensor labels = fixture.zeros(DataType.FLOAT32, 1, 3);
            Tensor loss = fixture.zeros(DataType.FLOAT32, 1, 1);
            assertThatThrownBy(() -> fixture.device().loss().binaryCrossEntropy(logits, labels, 4, null, null, loss))
                    .isInstanceOf(IllegalArgumentException.class).hasMessage("labels is 1 x 3 FLOAT32 where 1 x 4 is needed");
        }
    }

    private static Tensor column(CpuFixture fixture, DataType type, double... values) {
        Tensor tensor = fixture.zeros(type, values.length, 1, 1);
        CpuFixture.fill(tensor, (row, column) -> values[(int) row]);
        return tensor;
    }

    private static Tensor labels(CpuFixture fixture, int count, Random random) {
        Tensor labels = fixture.zeros(DataType.FLOAT32, 1, count);
        CpuFixture.fill(labels, (row, column) -> random.nextInt(2));
        return labels;
    }
}
