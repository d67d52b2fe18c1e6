package crosscut.kernels.device;

import java.lang.foreign.ValueLayout;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

final class Bfloat16Test {

    @Test
    void roundsToNearestEven() {
        assertThat(Bfloat16.fromFloat(1f)).isEqualTo((short) 0x3F80);
        assertThat(Bfloat16.fromFloat(Float.intBitsToFloat(0x3F808000))).as("tie, even below").isEqualTo((short) 0x3F80);
        assertThat(Bfloat16.fromFloat(Float.intBitsToFloat(0x3F818000))).as("tie, even above").isEqualTo((short) 0x3F82);
        assertThat(Bfloat16.fromFloat(Float.intBitsToFloat(0x3F808001))).isEqualTo((short) 0x3F81);
        assertThat(Bfloat16.fromFloat(Float.MAX_VALUE)).as("largest fp32").isEqualTo((short) 0x7F80);
        assertThat(Bfloat16.toFloat(Bfloat16.fromFloat(Float.NEGATIVE_INFINITY))).isEqualTo(Float.NEGATIVE_INFINITY);
        assertThat(Bfloat16.toFloat(Bfloat16.fromFloat(Float.intBitsToFloat(0x7F800001)))).as("NaN with a small payload").isNaN();
        assertThat(Bfloat16.toFloat((short) 0x8000)).isEqualTo(-0f);
    }

    @Property
    void rowsConvertAsSingleValues(@ForAll @IntRange(min = 0, max = 100) int count, @ForAll Random random) {
        try (CpuFixture fixture = new CpuFixture(1)) {
            Tensor wide = fixture.zeros(DataType.FLOAT32, 1, Math.max(1, count));
            Tensor narrow = fixture.zeros(DataType.BFLOAT16, 1, Math.max(1, count));
            for (int column = 0; column < count; column++) {
                float value = random.nextInt(20) == 0 ? Float.NaN : Float.intBitsToFloat(random.nextInt());
                wide.hostSegment().set(ValueLayout.JAVA_FLOAT, wide.byteOffset(0, column), value);
            }
            Bfloat16.narrow(wide.hostSegment(), 0, narrow.hostSegment(), 0, count);
            for (int column = 0; column < count; column++) {
                float value = (float) CpuFixture.get(wide, 0, column);
                assertThat(CpuFixture.get(narrow, 0, column)).isEqualTo(Double.valueOf(Bfloat16.toFloat(Bfloat16.fromFloat(value))));
            }
            Bfloat16.widen(narrow.hostSegment(), 0, wide.hostSegment(), 0, count);
            for (int column = 0; column < count; column++) {
                assertThat(CpuFixture.get(wide, 0, column)).isEqualTo(Double.valueOf(CpuFixture.get(narrow, 0, column)));
            }
        }
    }

    /** Lengths on both sides of those that are widened line by line; without space between them, lines are one piece. */
    @Property(tries = 300)
    void linesWidenAsSingleValues(
            @ForAll @IntRange(min = 0, max = 5) int lines, @ForAll @IntRange(min = 1, max = 300) int length, @ForAll @IntRange(min = 0, max = 2) int space,
            @ForAll @IntRange(min = 0, max = 2) int otherSpace, @ForAll Random random) {
        try (CpuFixture fixture = new CpuFixture(1)) {
            Tensor narrow = fixture.zeros(DataType.BFLOAT16, lines + 1, length + space);
            Tensor wide = fixture.zeros(DataType.FLOAT32, lines + 1, length + otherSpace);
            for (int line = 0; line < lines; line++) {
                for (int column = 0; column < length; column++) {
                    narrow.hostSegment().set(ValueLayout.JAVA_SHORT, narrow.byteOffset(line, column), (short) random.nextInt());
                }
            }
            Bfloat16.widenLines(narrow.hostSegment(), narrow.byteOffset(0, 0), narrow.rowStride() * Short.BYTES,
                    wide.hostSegment(), wide.byteOffset(0, 0), wide.rowStride() * Float.BYTES, lines, length);
            for (int line = 0; line <= lines; line++) {
                for (int column = 0; column < length + otherSpace; column++) {
                    double expected = line < lines && column < length ? CpuFixture.get(narrow, line, column) : 0;
                    assertThat(CpuFixture.get(wide, line, column)).as("line %d, column %d", line, column).isEqualTo(Double.valueOf(expected));
                }
            }
        }
    }
}
