package crosscut.kernels.device;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The loops of {@link VectorLoops} that are bound by memory, over BFLOAT16 values: widened to fp32 in registers, rounded after each operation, and narrowed
 * when stored. Through a widened copy in a cache they took up to twice as long.
 *
 * <p>One loop for both types, told which by an argument, was tried: compiled on its own, the JIT puts the vectors of its two ways on the heap (seen on JDK 25).
 */
public final class Bfloat16Loops {

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private Bfloat16Loops() {
    }

    /** {@code out = a * b}. */
    public static void multiply(MemorySegment a, long aOffset, MemorySegment b, long bOffset, MemorySegment out, long outOffset, int count) {
        int whole = SPECIES.loopBound(count);
        for (int index = 0; index < whole; index += SPECIES.length()) {
            long at = bytes(index);
            Bfloat16.store(Bfloat16.load(a, aOffset + at).mul(Bfloat16.load(b, bOffset + at)), out, outOffset + at);
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
            FloatVector product = Bfloat16.load(a, aOffset + at).mul(Bfloat16.load(b, bOffset + at));
            Bfloat16.store(product.add(Bfloat16.load(c, cOffset + at)), out, outOffset + at);
        }
        for (int index = whole; index < count; index++) {
            long at = bytes(index);
            set(out, outOffset + at, get(a, aOffset + at) * get(b, bOffset + at) + get(c, cOffset + at));
        }
    }

    /** {@code sum = a * b + sum}, the sum FLOAT32. */
    public static void addProduct(MemorySegment a, long aOffset, MemorySegment b, long bOffset, MemorySegment sum, long sumOffset, int count) {
        int whole = SPECIES.loopBound(count);
        for (int index = 0; index < whole; index += SPECIES.length()) {
            long at = bytes(index);
            FloatVector product = Bfloat16.load(a, aOffset + at).mul(Bfloat16.load(b, bOffset + at));
            long sumAt = sumOffset + 2 * at;
            product.add(FloatVector.fromMemorySegment(SPECIES, sum, sumAt, ORDER)).intoMemorySegment(sum, sumAt, ORDER);
        }
        for (int index = whole; index < count; index++) {
            long at = bytes(index);
            long sumAt = sumOffset + 2 * at;
            sum.set(ValueLayout.JAVA_FLOAT, sumAt, get(a, aOffset + at) * get(b, bOffset + at) + sum.get(ValueLayout.JAVA_FLOAT, sumAt));
        }
    }

    /** {@code sum = c * d + (a * b + sum)}, the sum FLOAT32. */
    public static void addTwoProducts(
            MemorySegment a, long aOffset, MemorySegment b, long bOffset, MemorySegment c, long cOffset, MemorySegment d, long dOffset,
            MemorySegment sum, long sumOffset, int count) {
        int whole = SPECIES.loopBound(count);
        for (int index = 0; index < whole; index += SPECIES.length()) {
            long at = bytes(index);
            long sumAt = sumOffset + 2 * at;
            FloatVector first = Bfloat16.load(a, aOffset + at).mul(Bfloat16.load(b, bOffset + at))
                    .add(FloatVector.fromMemorySegment(SPECIES, sum, sumAt, ORDER));
            Bfloat16.load(c, cOffset + at).mul(Bfloat16.load(d, dOffset + at)).add(first).intoMemorySegment(sum, sumAt, ORDER);
        }
        for (int index = whole; index < count; index++) {
            long at = bytes(index);
            long sumAt = sumOffset + 2 * at;
            float first = get(a, aOffset + at) * get(b, bOffset + at) + sum.get(ValueLayout.JAVA_FLOAT, sumAt);
            sum.set(ValueLayout.JAVA_FLOAT, sumAt, get(c, cOffset + at) * get(d, dOffset + at) + first);
        }
    }

    private static long bytes(int index) {
        return (long) index * Short.BYTES;
    }

    private static float get(MemorySegment segment, long offset) {
        return Bfloat16.toFloat(segment.get(ValueLayout.JAVA_SHORT, offset));
    }

    private static void set(MemorySegment segment, long offset, float value) {
        segment.set(ValueLayout.JAVA_SHORT, offset, Bfloat16.fromFloat(value));
    }
}
