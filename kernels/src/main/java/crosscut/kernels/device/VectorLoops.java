package crosscut.kernels.device;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Loops over contiguous fp32 values of host memory in the widest vectors of the machine. Offsets are in bytes, counts in values; every element is computed
 * on its own and rounded after each operation, so the result does not depend on the vector width. The output may be one of the inputs.
 *
 * <p>The values after the last whole vector go one by one: masked memory access makes the compiled code of a caller so large that the JIT stops inlining and
 * puts vectors on the heap (seen on JDK 25).
 */
public final class VectorLoops {

    /** Running sums of {@link #dot}: the lanes of the widest vector there is, so that narrower ones can do the same. */
    public static final int RUNNING_SUMS = 16;

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
        for (int index = whole; index < count; index++) {
            long at = bytes(index);
            set(target, targetOffset + at, get(source, sourceOffset + at));
        }
    }

    /** {@code sum = sum + terms}. */
    public static void add(MemorySegment terms, long termsOffset, MemorySegment sum, long sumOffset, int count) {
        int whole = SPECIES.loopBound(count);
        for (int index = 0; index < whole; index += SPECIES.length()) {
            long at = bytes(index);
            load(sum, sumOffset + at).add(load(terms, termsOffset + at)).intoMemorySegment(sum, sumOffset + at, ORDER);
        }
        for (int index = whole; index < count; index++) {
            long at = bytes(index);
            set(sum, sumOffset + at, get(sum, sumOffset + at) + get(terms, termsOffset + at));
        }
    }

    /** {@code values = values / divisor}. */
    public static void divide(MemorySegment values, long offset, float divisor, int count) {
        int whole = SPECIES.loopBound(count);
        for (int index = 0; index < whole; index += SPECIES.length()) {
            long at = bytes(index);
            load(values, offset + at).div(divisor).intoMemorySegment(values, offset + at, ORDER);
        }
        for (int index = whole; index < count; index++) {
            long at = bytes(index);
            set(values, offset + at, get(values, offset + at) / divisor);
        }
    }

    /** {@code out = a * b}. */
    public static void multiply(MemorySegment a, long aOffset, MemorySegment b, long bOffset, MemorySegment out, long outOffset, int count) {
        int whole = SPECIES.loopBound(count);
        for (int index = 0; index < whole; index += SPECIES.length()) {
            long at = bytes(index);
            load(a, aOffset + at).mul(load(b, bOffset + at)).intoMemorySegment(out, outOffset + at, ORDER);
        }
        for (int index = whole; index < count; index++) {
            long at = bytes(index);
            set(out, outOffset + at, get(a, aOffset + at) * get(b, bOffset + at));
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
        for (int index = whole; index < count; index++) {
            long at = bytes(index);
            set(out, outOffset + at, get(a, aOffset + at) * get(b, bOffset + at) + get(c, cOffset + at));
        }
    }

    /** {@code sum = c * d + (a * b + sum)}. */
    public static void addTwoProducts(
            MemorySegment a, long aOffset, MemorySegment b, long bOffset, MemorySegment c, long cOffset, MemorySegment d, long dOffset,
            MemorySegment sum, long sumOffset, int count) {
        int whole = SPECIES.loopBound(count);
        for (int index = 0; index < whole; index += SPECIES.length()) {
            long at = bytes(index);
            FloatVector first = load(a, aOffset + at).mul(load(b, bOffset + at)).add(load(sum, sumOffset + at));
            load(c, cOffset + at).mul(load(d, dOffset + at)).add(first).intoMemorySegment(sum, sumOffset + at, ORDER);
        }
        for (int index = whole; index < count; index++) {
            long at = bytes(index);
            float first = get(a, aOffset + at) * get(b, bOffset + at) + get(sum, sumOffset + at);
            set(sum, sumOffset + at, get(c, cOffset + at) * get(d, dOffset + at) + first);
        }
    }

    /** {@code values = 0}. */
    public static void clear(MemorySegment values, long offset, int count) {
        int whole = SPECIES.loopBound(count);
        for (int index = 0; index < whole; index += SPECIES.length()) {
            FloatVector.zero(SPECIES).intoMemorySegment(values, offset + bytes(index), ORDER);
        }
        for (int index = whole; index < count; index++) {
            set(values, offset + bytes(index), 0);
        }
    }

    /** {@code out = factor * a}. */
    public static void scale(float factor, MemorySegment a, long aOffset, MemorySegment out, long outOffset, int count) {
        int whole = SPECIES.loopBound(count);
        for (int index = 0; index < whole; index += SPECIES.length()) {
            long at = bytes(index);
            load(a, aOffset + at).mul(factor).intoMemorySegment(out, outOffset + at, ORDER);
        }
        for (int index = whole; index < count; index++) {
            long at = bytes(index);
            set(out, outOffset + at, factor * get(a, aOffset + at));
        }
    }

    /** {@code sum = sum + factor * terms}. */
    public static void addScaled(float factor, MemorySegment terms, long termsOffset, MemorySegment sum, long sumOffset, int count) {
        int whole = SPECIES.loopBound(count);
        for (int index = 0; index < whole; index += SPECIES.length()) {
            long at = bytes(index);
            load(sum, sumOffset + at).add(load(terms, termsOffset + at).mul(factor)).intoMemorySegment(sum, sumOffset + at, ORDER);
        }
        for (int index = whole; index < count; index++) {
            long at = bytes(index);
            set(sum, sumOffset + at, get(sum, sumOffset + at) + factor * get(terms, termsOffset + at));
        }
    }

    /**
     * The sum of {@code a * b}: {@value #RUNNING_SUMS} running sums, each of the products that many places apart, are added in a binary tree. Reducing the
     * lanes of a vector would leave the order to the JIT.
     *
     * @param scratch takes the running sums, FP32, from {@code scratchOffset} on
     */
    public static float dot(MemorySegment a, long aOffset, MemorySegment b, long bOffset, int count, MemorySegment scratch, long scratchOffset) {
        int whole = count - count % RUNNING_SUMS;
        for (int first = 0; first < RUNNING_SUMS; first += SPECIES.length()) {
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int index = first; index < whole; index += RUNNING_SUMS) {
                long at = bytes(index);
                sum = sum.add(load(a, aOffset + at).mul(load(b, bOffset + at)));
            }
            sum.intoMemorySegment(scratch, scratchOffset + bytes(first), ORDER);
        }
        for (int index = whole; index < count; index++) {
            long running = scratchOffset + bytes(index - whole);
            set(scratch, running, get(scratch, running) + get(a, aOffset + bytes(index)) * get(b, bOffset + bytes(index)));
        }
        for (int half = RUNNING_SUMS / 2; half > 0; half /= 2) {
            for (int index = 0; index < half; index++) {
                long running = scratchOffset + bytes(index);
                set(scratch, running, get(scratch, running) + get(scratch, running + bytes(half)));
            }
        }
        return get(scratch, scratchOffset);
    }

    /** {@code values = gate > 0 ? values : 0}: the way back through a ReLU whose output is {@code gate}. */
    public static void zeroUnlessPositive(MemorySegment gate, long gateOffset, MemorySegment values, long offset, int count) {
        int whole = SPECIES.loopBound(count);
        for (int index = 0; index < whole; index += SPECIES.length()) {
            long at = bytes(index);
            VectorMask<Float> open = load(gate, gateOffset + at).compare(VectorOperators.GT, 0f);
            FloatVector.zero(SPECIES).blend(load(values, offset + at), open).intoMemorySegment(values, offset + at, ORDER);
        }
        for (int index = whole; index < count; index++) {
            long at = bytes(index);
            set(values, offset + at, get(gate, gateOffset + at) > 0 ? get(values, offset + at) : 0);
        }
    }

    private static long bytes(int index) {
        return (long) index * Float.BYTES;
    }

    private static FloatVector load(MemorySegment segment, long offset) {
        return FloatVector.fromMemorySegment(SPECIES, segment, offset, ORDER);
    }

    private static float get(MemorySegment segment, long offset) {
        return segment.get(ValueLayout.JAVA_FLOAT, offset);
    }

    private static void set(MemorySegment segment, long offset, float value) {
        segment.set(ValueLayout.JAVA_FLOAT, offset, value);
    }
}
