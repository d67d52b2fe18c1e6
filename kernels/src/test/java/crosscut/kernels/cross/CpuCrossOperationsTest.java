package crosscut.kernels.cross;

import crosscut.kernels.Tolerance;
import crosscut.kernels.device.CpuFixture;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class CpuCrossOperationsTest {

    @Test
    void handWorkedNumbers() {
        try (CpuFixture fixture = new CpuFixture(2)) {
            Tensor x0 = fixture.row(DataType.FLOAT32, 1, -2, 3);
            Tensor h = fixture.row(DataType.FLOAT32, 4, 5, -6);
            Tensor x = fixture.row(DataType.FLOAT32, 0.5, 0.25, 1);
            Tensor next = fixture.zeros(DataType.FLOAT32, 1, 3);
            fixture.device().cross().forward(x0, h, x, next).launch(null);
            assertThat(values(next)).containsExactly(4.5, -9.75, -17);

            Tensor s = fixture.zeros(DataType.FLOAT32, 1, 3);
            fixture.device().cross().productGradient(x, x0, s).launch(null);
            assertThat(values(s)).containsExactly(0.5, -0.5, 3);

            Tensor dx0 = fixture.zeros(DataType.FLOAT32, 1, 3);
            Tensor bottomGradient = fixture.row(DataType.FLOAT32, 10, 20);
            fixture.device().cross().inputGradient(List.of(x, s), List.of(h), bottomGradient, x0, 2, dx0, null).launch(null);
            // Column 0: 0.5 + 0.5 * 4 + 10; column 1 is closed by the ReLU; column 2 belongs to a table: 1 + 3 * -6.
            assertThat(values(dx0)).containsExactly(12.5, 0, -17);

            Tensor sum = fixture.zeros(DataType.FLOAT32, 1, 3);
            fixture.device().cross().sum(List.of(x0, h, x), sum).launch(null);
            assertThat(values(sum)).containsExactly(5.5, 3.25, -2);
            fixture.device().cross().sum(List.of(sum, h), sum).launch(null);
            assertThat(values(sum)).containsExactly(9.5, 8.25, -8);
        }
    }

    @Property(tries = 60)
    void forwardAndProductGradientAgreeWithDoubles(
            @ForAll @IntRange(min = 0, max = 5) int rows, @ForAll @IntRange(min = 1, max = 2100) int columns, @ForAll boolean half, @ForAll Random random) {
        DataType type = half ? DataType.BFLOAT16 : DataType.FLOAT32;
        Tolerance tolerance = new Tolerance(type, 2);
        try (CpuFixture fixture = new CpuFixture(2)) {
            int gap = random.nextInt(4);
            Tensor x0 = fixture.random(type, rows, columns, gap, 2, random);
            Tensor h = fixture.random(type, rows, columns, 0, 2, random);
            Tensor x = fixture.random(type, rows, columns, random.nextInt(3), 2, random);
            Tensor next = fixture.zeros(type, rows, columns, gap);
            Tensor s = fixture.zeros(type, rows, columns, 1);
            fixture.device().cross().forward(x0, h, x, next).launch(null);
            fixture.device().cross().productGradient(x, x0, s).launch(null);
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column++) {
                    double a = CpuFixture.get(x0, row, column);
                    double b = CpuFixture.get(h, row, column);
                    double c = CpuFixture.get(x, row, column);
                    assertThat(tolerance.accepts(CpuFixture.get(next, row, column), a * b + c, Math.abs(a * b) + Math.abs(c))).isTrue();
                    assertThat(tolerance.accepts(CpuFixture.get(s, row, column), a * c, a * c)).isTrue();
                }
            }
            CpuFixture.assertGapsUntouched(next);
            CpuFixture.assertGapsUntouched(s);
        }
    }

    @Property(tries = 60)
    void inputGradientAgreesWithDoubles(
            @ForAll @IntRange(min = 1, max = 4) int rows, @ForAll @IntRange(min = 1, max = 1300) int columns, @ForAll @IntRange(min = 0, max = 3) int layers,
            @ForAll boolean half, @ForAll boolean inPlace, @ForAll boolean concatenated, @ForAll Random random) {
        DataType type = half ? DataType.BFLOAT16 : DataType.FLOAT32;
        int bottomWidth = random.nextInt(columns + 1);
        try (CpuFixture fixture = new CpuFixture(3)) {
            Tensor x0 = fixture.random(type, rows, columns, 1, 1, random);
            Tensor bottom = concatenated ? fixture.random(type, rows, bottomWidth, 2, 1, random) : null;
            List<Tensor> gradients = new ArrayList<>();
            List<Tensor> products = new ArrayList<>();
            for (int layer = 0; layer <= layers; layer++) {
                gradients.add(fixture.random(type, rows, columns, layer, 1, random));
            }
            for (int layer = 0; layer < layers; layer++) {
                products.add(fixture.random(type, rows, columns, 0, 1, random));
            }
            double[][] expected = inputGradient(gradients, products, bottom, x0, bottomWidth);
            Tensor dx0 = inPlace ? gradients.get(0) : fixture.zeros(type, rows, columns, 3);
            fixture.device().cross().inputGradient(gradients, products, bottom, x0, bottomWidth, dx0, null).launch(null);
            Tolerance tolerance = new Tolerance(type, layers + 2);
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column++) {
                    assertThat(tolerance.accepts(CpuFixture.get(dx0, row, column), expected[row][column], layers + 2)).isTrue();
                }
            }
            CpuFixture.assertGapsUntouched(dx0);
        }
    }

    private static double[][] inputGradient(List<Tensor> gradients, List<Tensor> products, Tensor bottom, Tensor x0, int bottomWidth) {
        double[][] sums = new double[(int) x0.rows()][x0.columns()];
        for (int row = 0; row < sums.length; row++) {
            for (int column = 0; column < x0.columns(); column++) {
                double sum = CpuFixture.get(gradients.get(0), row, column);
                for (int layer = 0; layer < products.size(); layer++) {
                    sum += CpuFixture.get(gradients.get(layer + 1), row, column) * CpuFixture.get(products.get(layer), row, column);
                }
                if (column < bottomWidth) {
                    sum += bottom == null ? 0 : CpuFixture.get(bottom, row, column);
                    sum = CpuFixture.get(x0, row, column) > 0 ? sum : 0;
                }
                sums[row][column] = sum;
            }
        }
        return sums;
    }

    @ParameterizedTest
    @EnumSource(value = DataType.class, names = {"FLOAT32", "BFLOAT16"})
    void sameBitsForAnyThreadCountAndCopies(DataType type) {
        CpuFixture.assertSameBits(fixture -> {
            Random random = new Random(7);
            Tensor x0 = fixture.random(type, 300, 333, 3, 1, random);
            Tensor h = fixture.random(type, 300, 333, 0, 1, random);
            Tensor next = fixture.zeros(type, 300, 333, 1);
            fixture.device().cross().forward(x0, h, x0, next).launch(null);
            fixture.device().cross().inputGradient(List.of(next, x0), List.of(h), null, x0, 100, next, null).launch(null);
            Tensor target = fixture.zeros(type, 300, 400, 0);
            fixture.device().cross().copy(next, target.columnRange(60, 333)).launch(null);
            for (int column = 0; column < 333; column++) {
                assertThat(CpuFixture.get(target, 299, 60 + column)).isEqualTo(CpuFixture.get(next, 299, column));
            }
            return CpuFixture.bytes(target);
        });
    }

    @ParameterizedTest
    @EnumSource(value = DataType.class, names = {"FLOAT32", "BFLOAT16"})
    void launchingAllocatesNothing(DataType type) {
        try (CpuFixture fixture = new CpuFixture(1)) {
            Tensor x0 = fixture.random(type, 64, 1030, 0, 1, new Random(1));
            Tensor out = fixture.zeros(type, 64, 1030);
            CpuFixture.assertAllocatesNothing(
                    fixture.device().cross().forward(x0, x0, x0, out),
                    fixture.device().cross().productGradient(x0, x0, out),
                    fixture.device().cross().inputGradient(List.of(x0, x0), List.of(x0), null, x0, 33, out, null),
                    fixture.device().cross().copy(x0, out),
                    fixture.device().cross().sum(List.of(x0, x0, x0), out));
        }
    }

    @Test
    void refusesOtherShapesAndTypes() {
        try (CpuFixture fixture = new CpuFixture(1)) {
            Tensor a = fixture.zeros(DataType.FLOAT32, 2, 3);
            Tensor narrow = fixture.zeros(DataType.FLOAT32, 2, 2);
            Tensor half = fixture.zeros(DataType.BFLOAT16, 2, 3);
            assertThatThrownBy(() -> fixture.device().cross().forward(a, narrow, a, a))
                    .isInstanceOf(IllegalArgumentException.class).hasMessage("h is 2 x 2 FLOAT32 where 2 x 3 is needed");
            assertThatThrownBy(() -> fixture.device().cross().productGradient(a, half, a)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> fixture.device().cross().inputGradient(List.of(a), List.of(a), null, a, 0, a, null))
                    .isInstanceOf(IllegalArgumentException.class).hasMessage("1 gradients for 1 cross layers");
            assertThatThrownBy(() -> fixture.device().cross().sum(List.of(a, narrow), a)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("term is 2 x 2 FLOAT32 where 2 x 3 is needed");
            assertThatThrownBy(() -> fixture.device().cross().sum(List.of(), a)).isInstanceOf(IllegalArgumentException.class).hasMessage("a sum of no terms");
        }
    }

    private static double[] values(Tensor tensor) {
        double[] values = new double[tensor.columns()];
        for (int column = 0; column < values.length; column++) {
            values[column] = CpuFixture.get(tensor, 0, column);
        }
        return values;
    }
}
