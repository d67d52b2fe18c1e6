package crosscut.kernels.device;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The upper half of a binary32: widening is exact, narrowing rounds to nearest even, NaN stays NaN. */
public final class Bfloat16 {

    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> INTS = FLOATS.withLanes(int.class);
    private static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class, VectorShape.forBitSize(FLOATS.vectorBitSize() / 2));
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    /** Half of the last kept bit, less one: with the last kept bit added it carries exactly when round-to-nearest-even goes up. */
    private static final int ROUNDING = 0x7FFF;

    /** Keeps a NaN whose payload lies in the lower half from becoming infinity. */
    private static final int QUIET = 0x40;

    /** Values of a line that are widened together with those of other lines, as vectors named one by one: the JIT does not unroll a loop over them. */
    private static final int STRIP = 4 * FLOATS.length();
    private static final long VECTOR = FLOATS.vectorByteSize();
    private static final long HALF_VECTOR = SHORTS.vectorByteSize();

    /** From so many values on a line is widened by itself. */
    private static final int LONG_LINE = 256;

    private Bfloat16() {
    }

    /** The number that {@code bits} stand for. */
    public static float toFloat(short bits) {
        return Float.intBitsToFloat(bits << Short.SIZE);
    }

    /** The nearest bfloat16, ties to even. */
    public static short fromFloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        if (value != value) {
            return (short) (bits >>> Short.SIZE | QUIET);
        }
        return (short) (bits + ROUNDING + (bits >>> Short.SIZE & 1) >>> Short.SIZE);
    }

    /** Reads {@code count} bfloat16 values at byte {@code sourceOffset} and writes them as fp32 at byte {@code targetOffset}. */
    public static void widen(MemorySegment source, long sourceOffset, MemorySegment target, long targetOffset, int count) {
        int index = 0;
        for (; index < FLOATS.loopBound(count); index += FLOATS.length()) {
            load(source, sourceOffset + (long) index * Short.BYTES).intoMemorySegment(target, targetOffset + (long) index * Float.BYTES, ORDER);
        }
        for (; index < count; index++) {
            float value = toFloat(source.get(ValueLayout.JAVA_SHORT, sourceOffset + (long) index * Short.BYTES));
            target.set(ValueLayout.JAVA_FLOAT, targetOffset + (long) index * Float.BYTES, value);
        }
    }

    /** Reads {@code count} bfloat16 values at byte {@code sourceOffset} and writes them as fp32 from element {@code at} on. */
    public static void widen(MemorySegment source, long sourceOffset, float[] target, int at, int count) {
        int index = 0;
        for (; index < FLOATS.loopBound(count); index += FLOATS.length()) {
            load(source, sourceOffset + (long) index * Short.BYTES).intoArray(target, at + index);
        }
        for (; index < count; index++) {
            target[at + index] = toFloat(source.get(ValueLayout.JAVA_SHORT, sourceOffset + (long) index * Short.BYTES));
        }
    }

    /**
     * Reads {@code lines} lines of {@code length} bfloat16 values from byte {@code sourceOffset} on and writes them as fp32 from byte {@code targetOffset} on.
     * Starts of lines lie {@code sourceStride} and {@code targetStride} bytes apart.
     *
     * <p>Short lines are widened in strips, all lines of a strip in one loop: a loop over so few values takes longer to begin than to run.
     */
    public static void widenLines(
            MemorySegment source, long sourceOffset, long sourceStride, MemorySegment target, long targetOffset, long targetStride, int lines, int length) {
        if (sourceStride == (long) length * Short.BYTES && targetStride == (long) length * Float.BYTES) {
            widen(source, sourceOffset, target, targetOffset, Math.multiplyExact(lines, length));
            return;
        }
        int inStrips = length < LONG_LINE ? length - length % STRIP : 0;
        for (int first = 0; first < inStrips; first += STRIP) {
            widenStrip(source, sourceOffset + (long) first * Short.BYTES, sourceStride, target, targetOffset + (long) first * Float.BYTES, targetStride, lines);
        }
        for (int line = 0; line < lines && inStrips < length; line++) {
            widen(source, sourceOffset + line * sourceStride + (long) inStrips * Short.BYTES,
                    target, targetOffset + line * targetStride + (long) inStrips * Float.BYTES, length - inStrips);
        }
    }

    private static void widenStrip(
            MemorySegment source, long sourceOffset, long sourceStride, MemorySegment target, long targetOffset, long targetStride, int lines) {
        for (int line = 0; line < lines; line++) {
            long from = sourceOffset + line * sourceStride;
            long to = targetOffset + line * targetStride;
            load(source, from).intoMemorySegment(target, to, ORDER);
            load(source, from + HALF_VECTOR).intoMemorySegment(target, to + VECTOR, ORDER);
            load(source, from + 2 * HALF_VECTOR).intoMemorySegment(target, to + 2 * VECTOR, ORDER);
            load(source, from + 3 * HALF_VECTOR).intoMemorySegment(target, to + 3 * VECTOR, ORDER);
        }
    }

    /** Reads {@code count} fp32 values at byte {@code sourceOffset} and writes them rounded at byte {@code targetOffset}. */
    public static void narrow(MemorySegment source, long sourceOffset, MemorySegment target, long targetOffset, int count) {
        int index = 0;
        for (; index < FLOATS.loopBound(count); index += FLOATS.length()) {
            store(FloatVector.fromMemorySegment(FLOATS, source, sourceOffset + (long) index * Float.BYTES, ORDER),
                    target, targetOffset + (long) index * Short.BYTES);
        }
        for (; index < count; index++) {
            short bits = fromFloat(source.get(ValueLayout.JAVA_FLOAT, sourceOffset + (long) index * Float.BYTES));
            target.set(ValueLayout.JAVA_SHORT, targetOffset + (long) index * Short.BYTES, bits);
        }
    }

    /** Reads {@code count} fp32 values from element {@code at} on and writes them rounded at byte {@code targetOffset}. */
    public static void narrow(float[] source, int at, MemorySegment target, long targetOffset, int count) {
        int index = 0;
        for (; index < FLOATS.loopBound(count); index += FLOATS.length()) {
            store(FloatVector.fromArray(FLOATS, source, at + index), target, targetOffset + (long) index * Short.BYTES);
        }
        for (; index < count; index++) {
            target.set(ValueLayout.JAVA_SHORT, targetOffset + (long) index * Short.BYTES, fromFloat(source[at + index]));
        }
    }

    /** As many bfloat16 values from byte {@code offset} on as {@link FloatVector#SPECIES_PREFERRED} has lanes. */
    public static FloatVector load(MemorySegment segment, long offset) {
        IntVector bits = (IntVector) ShortVector.fromMemorySegment(SHORTS, segment, offset, ORDER).convertShape(VectorOperators.ZERO_EXTEND_S2I, INTS, 0);
        return bits.lanewise(VectorOperators.LSHL, Short.SIZE).reinterpretAsFloats();
    }

    /** Writes a vector of {@link FloatVector#SPECIES_PREFERRED}, rounded, from byte {@code offset} on. */
    public static void store(FloatVector values, MemorySegment segment, long offset) {
        ((ShortVector) roundedBits(values).convertShape(VectorOperators.I2S, SHORTS, 0)).intoMemorySegment(segment, offset, ORDER);
    }

    private static IntVector roundedBits(FloatVector values) {
        VectorMask<Float> notANumber = values.test(VectorOperators.IS_NAN);
        IntVector bits = values.reinterpretAsInts();
        IntVector upper = bits.lanewise(VectorOperators.LSHR, Short.SIZE);
        IntVector rounded = bits.add(upper.and(1)).add(ROUNDING).lanewise(VectorOperators.LSHR, Short.SIZE);
        return rounded.blend(upper.or(QUIET), notANumber.cast(INTS));
    }
}
