package crosscut.kernels.device;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Loops over contiguous fp32 values of host memory in the widest vectors of the machine. Offsets are in bytes, counts in values; every element is computed
 * on its own and rounded after each operation, so the result does not depend on the vector width. The output may be one of the inputs.
 */
public final class VectorLoops {

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private VectorLoops() {
    }

    /** {@code target = source}. */
    public static void copy(MemorySegment source, long sourceOffset, MemorySegment target, long targetOffset, int count) {
        int whole = SPECIES.loopBound(count);
        for (int index = 0; index < whole; index += SPECIES.length()) {
            long at = bytes(index);
            load(source, sourceOffset + at).intoMemorySegment(target, targetOffset + at, ORDER);
        }
        if (whole < count) {
            VectorMask<Float> tail = SPECIES.indexInRange(whole, count);
            long at = bytes(whole);
            load(source, sourceOffset + at, tail).intoMemorySegment(target, targetOffset + at, ORDER, tail);
        }
    }

    /** {@code sum = sum + terms}. */
    public static void add(MemorySegment terms, long termsOffset, MemorySegment sum, long sumOffset, int count) {
        int whole = SPECIES.loopBound(count);
        for (int index = 0; index < whole; index += SPECIES.length()) {
            long at = bytes(index);
            load(sum, sumOffset + at).add(load(terms, termsOffset + at)).intoMemorySegment(sum, sumOffset + at, ORDER);
        }
        if (whole < count) {
            VectorMask<Float> tail = SPECIES.indexInRange(whole, count);
            long at = bytes(whole);
            load(sum, sumOffset + at, tail).add(load(terms, termsOffset + at, tail)).intoMemorySegment(sum, sumOffset + at, ORDER, tail);
        }
    }

    /** {@code values = values / divisor}. */
    public static void divide(MemorySegment values, long offset, float divisor, int count) {
        int whole = SPECIES.loopBound(count);
        for (int index = 0; index < whole; index += SPECIES.length()) {
            long at = bytes(index);
            load(values, offset + at).div(divisor).intoMemorySegment(values, offset + at, ORDER);
        }
        if (whole < count) {
            VectorMask<Float> tail = SPECIES.indexInRange(whole, count);
            long at = bytes(whole);
            load(values, offset + at, tail).div(divisor).intoMemorySegment(values, offset + at, ORDER, tail);
        }
    }

    /** {@code out = a * b}. */
    public static void multiply(MemorySegment a, long aOffset, MemorySegment b, long bOffset, MemorySegment out, long outOffset, int count) {
        int whole = SPECIES.loopBound(count);
        for (int index = 0; index < whole; index += SPECIES.length()) {
            long at = bytes(index);
            load(a, aOffset + at).mul(load(b, bOffset + at)).intoMemorySegment(out, outOffset + at, ORDER);
        }
        if (whole < count) {
            VectorMask<Float> tail = SPECIES.indexInRange(whole, count);
            long at = bytes(whole);
            load(a, aOffset + at, tail).mul(load(b, bOffset + at, tail)).intoMemorySegment(out, outOffset + at, ORDER, tail);
        }
    }

    /** {@code out = a * b + c}. */
    public static void multiplyAdd(
            MemorySegment a, long aOffset, MemorySegment b, long bOffset, MemorySegment c, long cOffset, MemorySegment out, long outOffset, int count) {
        int whole = SPECIES.loopBound(count);
        for (int index = 0; index < whole; index += SPECIES.length()) {
            long at = bytes(index);
            load(a, aOffset + at).mul(load(b, bOffset + at)).add(load(c, cOffset + at)).intoMemorySegment(out, outOffset + at, ORDER);
        }
        if (whole < count) {
            VectorMask<Float> tail = SPECIES.indexInRange(whole, count);
            long at = bytes(whole);
            load(a, aOffset + at, tail).mul(load(b, bOffset + at, tail)).add(load(c, cOffset + at, tail))
                    .intoMemorySegment(out, outOffset + at, ORDER, tail);
        }
    }

    /** {@code values = gate > 0 ? values : 0}: the way back through a ReLU whose output is {@code gate}. */
    public static void zeroUnlessPositive(MemorySegment gate, long gateOffset, MemorySegment values, long offset, int count) {
        for (int index = 0; index < count; index += SPECIES.length()) {
            VectorMask<Float> lanes = SPECIES.indexInRange(index, count);
            long at = bytes(index);
            VectorMask<Float> closed = load(gate, gateOffset + at, lanes).compare(VectorOperators.GT, 0f).not().and(lanes);
            FloatVector.zero(SPECIES).intoMemorySegment(values, offset + at, ORDER, closed);
        }
    }

    private static long bytes(int index) {
        return (long) index * Float.BYTES;
    }

    private static FloatVector load(MemorySegment segment, long offset) {
        return FloatVector.fromMemorySegment(SPECIES, segment, offset, ORDER);
    }

    private static FloatVector load(MemorySegment segment, long offset, VectorMask<Float> lanes) {
        return FloatVector.fromMemorySegment(SPECIES, segment, offset, ORDER, lanes);
    }
}
