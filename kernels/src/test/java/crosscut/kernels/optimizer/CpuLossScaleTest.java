package crosscut.kernels.optimizer;

import crosscut.kernels.Tolerance;
import crosscut.kernels.device.CpuFixture;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Tensor;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class CpuLossScaleTest {

    private static final UpdateRule ADAM = new UpdateRule(UpdateRule.Kind.ADAM, 0.9, 0.999, 1e-7);
    private static final UpdateRule SGD = new UpdateRule(UpdateRule.Kind.SGD, 0, 0, 0);

    @Test
    void aDynamicScaleHalvesAtOverflowAndDoublesAfterGoodSteps() {
        try (CpuFixture fixture = new CpuFixture(1)) {
            Tensor state = fixture.row(DataType.FLOAT32, 8, 0, 0, 0);
            Tensor step = fixture.step(0.5, 1);
            var adjust = fixture.device().optimizer().adjustLossScale(new LossScale(2), state, step);
            overflow(state);
            adjust.launch(null);
            // The gradients of this step carry the old scale.
            assertThat(row(step)).containsExactly(0.5, 0.125, 1);
            assertThat(row(state)).containsExactly(4, 0, 0, 1);
            adjust.launch(null);
            assertThat(row(step)).containsExactly(0.5, 0.25, 0);
            assertThat(row(state)).containsExactly(4, 0, 1, 1);
            adjust.launch(null);
            assertThat(row(step)).containsExactly(0.5, 0.25, 0);
            assertThat(row(state)).containsExactly(8, 0, 0, 1);
            adjust.launch(null);
            assertThat(row(step)).containsExactly(0.5, 0.125, 0);
            assertThat(row(state)).containsExactly(8, 0, 1, 1);
        }
    }

    @Test
    void aDynamicScaleStaysBetweenOneAndTheLargestFiniteOne() {
        try (CpuFixture fixture = new CpuFixture(1)) {
            Tensor state = fixture.row(DataType.FLOAT32, 1.5, 0, 0, 0);
            Tensor step = fixture.step(0.5, 1);
            var adjust = fixture.device().optimizer().adjustLossScale(new LossScale(1), state, step);
            overflow(state);
            adjust.launch(null);
            assertThat(row(state)).containsExactly(1, 0, 0, 1);
            CpuFixture.set(state, 0, LossScale.SCALE, 0x1p127);
            adjust.launch(null);
            assertThat(row(state)).containsExactly(0x1p127, 0, 0, 1);
        }
    }

    @Test
    void aFixedScaleStaysAndSkips() {
        try (CpuFixture fixture = new CpuFixture(1)) {
            Tensor state = fixture.row(DataType.FLOAT32, 1024, 0, 0, 0);
            Tensor step = fixture.step(0.5, 1);
            var adjust = fixture.device().optimizer().adjustLossScale(LossScale.fixed(), state, step);
            adjust.launch(null);
            assertThat(row(step)).containsExactly(0.5, 0x1p-10, 0);
            overflow(state);
            adjust.launch(null);
            assertThat(row(step)).containsExactly(0.5, 0x1p-10, 1);
            assertThat(row(state)).containsExactly(1024, 0, 0, 1);
        }
    }

    private static void overflow(Tensor state) {
        CpuFixture.set(state, 0, LossScale.OVERFLOW, 1);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN})
    void oneBadValueAnywhereIsFoundAndLargeOnesAreNone(double bad) {
        try (CpuFixture fixture = new CpuFixture(3)) {
            for (DataType type : List.of(DataType.FLOAT32, DataType.BFLOAT16)) {
                Tensor dense = fixture.row(DataType.FLOAT32, Float.MAX_VALUE, -Float.MAX_VALUE, Float.MIN_VALUE, 0);
                Tensor wide = fixture.random(type, 70, 2001, 3, 1e38, new Random(4));
                Tensor empty = fixture.zeros(type, 0, 5);
                Tensor state = fixture.row(DataType.FLOAT32, 8, 0, 0, 0);
                var check = fixture.device().optimizer().checkFinite(List.of(dense, empty, wide), state);
                check.launch(null);
                assertThat(row(state)).containsExactly(8, 0, 0, 0);
                CpuFixture.set(wide, 69, 2000, bad);
                check.launch(null);
                assertThat(row(state)).containsExactly(8, 1, 0, 0);
                CpuFixture.set(wide, 69, 2000, 0);
                check.launch(null);
                assertThat(row(state)).as("a mark stays until the scale is adjusted").containsExactly(8, 1, 0, 0);
            }
        }
    }

    @Test
    void skippedUpdatesLeaveEverythingAsItIs() {
        try (CpuFixture fixture = new CpuFixture(2)) {
            Tensor weights = fixture.row(DataType.FLOAT32, 1, 2);
            Tensor gradients = fixture.row(DataType.FLOAT32, Double.NaN, Double.POSITIVE_INFINITY);
            Tensor m = fixture.row(DataType.FLOAT32, 3, 4);
            Tensor v = fixture.row(DataType.FLOAT32, 5, 6);
            Tensor copy = fixture.row(DataType.BFLOAT16, 7, 8);
            Tensor step = fixture.row(DataType.FLOAT32, 0.5, 1, 1);
            fixture.device().optimizer().update(ADAM, weights, gradients, m, v, copy, step).launch(null);
            fixture.device().optimizer().update(SGD, weights, gradients, null, null, copy, step).launch(null);
            assertThat(row(weights)).containsExactly(1, 2);
            assertThat(row(m)).containsExactly(3, 4);
            assertThat(row(v)).containsExactly(5, 6);
            assertThat(row(copy)).containsExactly(7, 8);
        }
    }

    @Property(tries = 20)
    void gradientNormAgreesWithDoubles(@ForAll @IntRange(min = 0, max = 40_000) int count, @ForAll Random random) {
        try (CpuFixture fixture = new CpuFixture(3)) {
            Tensor gradients = fixture.random(DataType.FLOAT32, 1, count, 0, 1e20, random);
            Tensor norm = fixture.zeros(DataType.FLOAT32, 1, 1);
            fixture.device().optimizer().gradientNorm(gradients, fixture.step(1, 0.25), norm).launch(null);
            double sum = 0;
            for (int column = 0; column < count; column++) {
                sum += Math.pow(CpuFixture.get(gradients, 0, column), 2);
            }
            assertThat(new Tolerance(DataType.FLOAT32, 1).accepts(CpuFixture.get(norm, 0, 0), 0.25 * Math.sqrt(sum), 0)).isTrue();
        }
    }

    @Test
    void launchingAllocatesNothing() {
        try (CpuFixture fixture = new CpuFixture(1)) {
            Tensor gradients = fixture.random(DataType.FLOAT32, 1, 20_000, 0, 1, new Random(1));
            Tensor state = fixture.row(DataType.FLOAT32, 1, 0, 0, 0);
            Tensor step = fixture.step(1, 1);
            Tensor norm = fixture.zeros(DataType.FLOAT32, 1, 1);
            CpuFixture.assertAllocatesNothing(
                    fixture.device().optimizer().checkFinite(List.of(gradients), state),
                    fixture.device().optimizer().adjustLossScale(LossScale.dynamic(), state, step),
                    fixture.device().optimizer().gradientNorm(gradients, step, norm));
        }
    }

    @Test
    void refusesOtherShapes() {
        try (CpuFixture fixture = new CpuFixture(1)) {
            Tensor three = fixture.zeros(DataType.FLOAT32, 1, 3);
            assertThatThrownBy(() -> fixture.device().optimizer().checkFinite(List.of(three), three))
                    .isInstanceOf(IllegalArgumentException.class).hasMessage("loss scale is 1 x 3 FLOAT32 where 1 x 4 is needed");
            assertThatThrownBy(() -> new LossScale(-1)).isInstanceOf(IllegalArgumentException.class).hasMessage("a loss scale that doubles after -1 steps");
        }
    }

    private static double[] row(Tensor tensor) {
        double[] values = new double[tensor.columns()];
        for (int column = 0; column < values.length; column++) {
            values[column] = CpuFixture.get(tensor, 0, column);
        }
        return values;
    }
}
