package crosscut.kernels.random;

import crosscut.kernels.device.CpuFixture;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Tensor;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

final class RandomStreamTest {

    private static final int SAMPLES = 200_000;

    @Property(tries = 60)
    void everyShardDrawsItsPartOfTheTable(
            @ForAll @IntRange(min = 0, max = 5) int rows, @ForAll @IntRange(min = 1, max = 1100) int columns, @ForAll @IntRange(min = 0, max = 9) int gap,
            @ForAll long seed) {
        long firstRow = seed >>> 40;
        try (CpuFixture fixture = new CpuFixture(2)) {
            Tensor target = fixture.zeros(DataType.FLOAT32, rows, columns, gap);
            fixture.device().random().uniform(target, firstRow, seed, RandomStream.streamOf("table"), 0.3f);
            RandomStream stream = new RandomStream(seed, "table");
            for (int row = 0; row < rows; row++) {
                for (int column = 0; column < columns; column++) {
                    assertThat((float) CpuFixture.get(target, row, column)).isEqualTo(stream.uniform((firstRow + row) * columns + column, 0.3f));
                }
            }
            CpuFixture.assertGapsUntouched(target);
        }
    }

    @Test
    void uniformHasItsMomentsAndStaysBelowTheBound() {
        RandomStream stream = new RandomStream(1, "a");
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < SAMPLES; i++) {
            float value = stream.uniform(i, 2);
            assertThat(value >= -2 && value < 2).isTrue();
            sum += value;
            squares += value * value;
        }
        assertThat(sum / SAMPLES).isCloseTo(0, within(0.012));
        assertThat(squares / SAMPLES).isCloseTo(4.0 / 3, within(0.012));
        assertThat(UniformBits.symmetric(-1, 0.1f)).isLessThan(0.1f);
        assertThat(UniformBits.symmetric(-1, 1 / 3f)).isLessThan(1 / 3f);
        assertThat(UniformBits.symmetric(0, 0.1f)).isEqualTo(-0.1f);
    }

    @Test
    void normalAndTruncatedNormalHaveTheirMoments() {
        RandomStream stream = new RandomStream(2, "b");
        double[] sums = new double[4];
        for (int i = 0; i < SAMPLES; i++) {
            double normal = stream.normal(i);
            double truncated = stream.truncatedNormal(i);
            assertThat(Math.abs(truncated)).isLessThanOrEqualTo(2);
            if (Math.abs(normal) <= 2) {
                assertThat(truncated).isEqualTo(normal);
            }
            sums[0] += normal;
            sums[1] += normal * normal;
            sums[2] += truncated;
            sums[3] += truncated * truncated;
        }
        assertThat(sums[0] / SAMPLES).isCloseTo(0, within(0.01));
        assertThat(sums[1] / SAMPLES).isCloseTo(1, within(0.015));
        assertThat(sums[2] / SAMPLES).isCloseTo(0, within(0.01));
        assertThat(Math.sqrt(sums[3] / SAMPLES)).isCloseTo(0.8796256610342398, within(0.006));
    }

    @Test
    void seedsNamesAndIndicesDiffer() {
        assertThat(new RandomStream(1, "a").normal(0)).isNotEqualTo(new RandomStream(2, "a").normal(0));
        assertThat(new RandomStream(1, "a").normal(0)).isNotEqualTo(new RandomStream(1, "b").normal(0));
        assertThat(new RandomStream(1, "a").normal(0)).isNotEqualTo(new RandomStream(1, "a").normal(1));
        assertThat(new RandomStream(1, "a").normal(5)).isEqualTo(new RandomStream(1, "a").normal(5));
        assertThat(RandomStream.streamOf("")).isEqualTo(0xCBF29CE484222325L);
        assertThat(RandomStream.streamOf("a")).as("published FNV-1a answer").isEqualTo(0xAF63DC4C8601EC8CL);
        assertThatThrownBy(() -> new RandomStream(1, "a").normal(1L << 48)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void sameBitsForAnyThreadCount() {
        CpuFixture.assertSameBits(fixture -> {
            Tensor target = fixture.zeros(DataType.FLOAT32, 1000, 77);
            fixture.device().random().uniform(target, 5, 42, 43, 1);
            return CpuFixture.bytes(target);
        });
    }
}
