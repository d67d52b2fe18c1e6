package crosscut.kernels.optimizer;

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

final class CpuOptimizerOperationsTest {

    private static final UpdateRule ADAM = new UpdateRule(UpdateRule.Kind.ADAM, 0.9, 0.999, 1e-7);
    private static final UpdateRule SGD = new UpdateRule(UpdateRule.Kind.SGD, 0, 0, 0);

    @Test
    void handWorkedNumbers() {
        try (CpuFixture fixture = new CpuFixture(1)) {
            Tensor weights = fixture.row(DataType.FLOAT32, 1, 2);
            Tensor gradients = fixture.row(DataType.FLOAT32, 4, -8);
            Tensor m = fixture.row(DataType.FLOAT32, 0, 1);
            Tensor v = fixture.row(DataType.FLOAT32, 0, 4);
            Tensor step = fixture.step(0.1, 0.5);
            fixture.device().optimizer().update(SGD, weights, gradients, null, null, null, step).launch(null);
            assertThat(CpuFixture.get(weights, 0, 0)).isCloseTo(0.8, within(1e-7));
            assertThat(CpuFixture.get(weights, 0, 1)).isCloseTo(2.4, within(2e-7));

            fixture.device().optimizer().update(ADAM, weights, gradients, m, v, null, step).launch(null);
            // Gradients 2 and -4: m = 0.2 and 0.5, v = 0.004 and 4.012.
            assertThat(CpuFixture.get(m, 0, 0)).isCloseTo(0.2, within(1e-7));
            assertThat(CpuFixture.get(m, 0, 1)).isCloseTo(0.5, within(2e-7));
            assertThat(CpuFixture.get(v, 0, 0)).isCloseTo(0.004, within(1e-7));
            assertThat(CpuFixture.get(v, 0, 1)).isCloseTo(4.012, within(1e-6));
            assertThat(CpuFixture.get(weights, 0, 0)).isCloseTo(0.8 - 0.1 * 0.2 / Math.sqrt(0.004), within(1e-5));
            assertThat(CpuFixture.get(weights, 0, 1)).isCloseTo(2.4 - 0.1 * 0.5 / Math.sqrt(4.012), within(1e-6));
        }
    }

    @Property(tries = 40)
    void adamAgreesWithDoublesAndWritesTheComputeCopy(@ForAll @IntRange(min = 1, max = 5000) int count, @ForAll Random random) {
        Tolerance tolerance = new Tolerance(DataType.FLOAT32, 8);
        try (CpuFixture fixture = new CpuFixture(2)) {
            Tensor weights = fixture.random(DataType.FLOAT32, 1, count, 0, 1, random);
            Tensor gradients = fixture.random(DataType.FLOAT32, 1, count, 0, 3, random);
            Tensor m = fixture.random(DataType.FLOAT32, 1, count, 0, 1, random);
            Tensor v = fixture.zeros(DataType.FLOAT32, 1, count);
            CpuFixture.fill(v, (row, column) -> random.nextDouble());
            Tensor copy = fixture.zeros(DataType.BFLOAT16, 1, count);
            Tensor step = fixture.step(0.25, 0.5);
            double[] expected = new double[count];
            for (int i = 0; i < count; i++) {
                double g = 0.5 * CpuFixture.get(gradients, 0, i);
                double first = 0.9 * CpuFixture.get(m, 0, i) + (1 - 0.9) * g;
                double second = 0.999 * CpuFixture.get(v, 0, i) + (1 - 0.999) * g * g;
                expected[i] = CpuFixture.get(weights, 0, i) - 0.25 * first / (Math.sqrt(second) + 1e-7);
            }
            fixture.device().optimizer().update(ADAM, weights, gradients, m, v, copy, step).launch(null);
            for (int i = 0; i < count; i++) {
                double magnitude = 1 + 0.25 * 3 / Math.sqrt(CpuFixture.get(v, 0, i));
                assertThat(tolerance.accepts(CpuFixture.get(weights, 0, i), expected[i], magnitude)).isTrue();
                assertThat(new Tolerance(DataType.BFLOAT16, 1).accepts(CpuFixture.get(copy, 0, i), CpuFixture.get(weights, 0, i), 0)).isTrue();
            }
        }
    }

    @Property(tries = 40)
    void castRoundsAndWidens(
            @ForAll @IntRange(min = 0, max = 4) int rows, @ForAll @IntRange(min = 1, max = 2100) int columns, @ForAll Random random) {
        try (CpuFixture fixture = new CpuFixture(2)) {
            Tensor source = fixture.random(DataType.FLOAT32, rows, columns, 2, 9, random);
            Tensor half = fixture.zeros(DataType.BFLOAT16, rows, columns, 1);
            Tensor back = fixture.zeros(DataType.FLOAT32, rows, columns, 3);
            fixture.device().optimizer().cast(source, half).launch(null);
            fixture.device().optimizer().cast(half, back).launch(null);
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column++) {
                    double value = CpuFixture.get(source, row, column);
                    assertThat(CpuFixture.get(back, row, column)).isEqualTo(CpuFixture.get(half, row, column));
                    assertThat(Math.abs(CpuFixture.get(half, row, column) - value)).isLessThanOrEqualTo(Math.abs(value) * 0x1p-8);
                }
            }
            CpuFixture.assertGapsUntouched(half);
            CpuFixture.assertGapsUntouched(back);
        }
    }

    @Test
    void sameBitsForAnyThreadCount() {
        CpuFixture.assertSameBits(fixture -> {
            Random random = new Random(3);
            Tensor weights = fixture.random(DataType.FLOAT32, 1, 100_003, 0, 1, random);
            Tensor gradients = fixture.random(DataType.FLOAT32, 1, 100_003, 0, 1, random);
            Tensor m = fixture.zeros(DataType.FLOAT32, 1, 100_003);
            Tensor v = fixture.zeros(DataType.FLOAT32, 1, 100_003);
            Tensor step = fixture.step(0.01, 1);
            fixture.device().optimizer().update(ADAM, weights, gradients, m, v, null, step).launch(null);
            return CpuFixture.bytes(weights);
        });
    }

    @Test
    void launchingAllocatesNothing() {
        try (CpuFixture fixture = new CpuFixture(1)) {
            Tensor a = fixture.random(DataType.FLOAT32, 1, 5003, 0, 1, new Random(1));
            Tensor m = fixture.zeros(DataType.FLOAT32, 1, 5003);
            Tensor v = fixture.zeros(DataType.FLOAT32, 1, 5003);
            Tensor copy = fixture.zeros(DataType.BFLOAT16, 1, 5003);
            Tensor step = fixture.step(0.01, 1);
            CpuFixture.assertAllocatesNothing(
                    fixture.device().optimizer().update(ADAM, a, a, m, v, copy, step),
                    fixture.device().optimizer().update(SGD, a, a, null, null, null, step),
                    fixture.device().optimizer().cast(a, copy),
                    fixture.device().optimizer().cast(copy, a));
        }
    }

    @Test
    void refusesWhatIsMissing() {
        try (CpuFixture fixture = new CpuFixture(1)) {
            Tensor a = fixture.zeros(DataType.FLOAT32, 1, 4);
            Tensor step = fixture.step(1, 1);
            assertThatThrownBy(() -> fixture.device().optimizer().update(ADAM, a, a, null, null, null, step))
                    .isInstanceOf(IllegalArgumentException.class).hasMessage("first moments are missing");
            assertThatThrownBy(() -> fixture.device().optimizer().update(SGD, a, a, null, null, null, a))
                    .isInstanceOf(IllegalArgumentException.class).hasMessage("step is 1 x 4 FLOAT32 where 1 x 3 is needed");
        }
    }
}
