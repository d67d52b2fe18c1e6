package crosscut.kernels.device;

import java.lang.foreign.MemorySegment;

/** Loops over contiguous values of host memory that are FLOAT32 or BFLOAT16, computed in fp32: {@link VectorLoops} or {@link Bfloat16Loops}. */
public final class MixedPrecisionLoops {

    private MixedPrecisionLoops() {
    }

    /** {@code out = a * b}, all of {@code type}. */
    public static void multiply(
            DataType type, MemorySegment a, long aOffset, MemorySegment b, long bOffset, MemorySegment out, long outOffset, int count) {
        if (type == DataType.BFLOAT16) {
            Bfloat16Loops.multiply(a, aOffset, b, bOffset, out, outOffset, count);
        } else {
            VectorLoops.multiply(a, aOffset, b, bOffset, out, outOffset, count);
        }
    }

    /** {@code out = a * b + c}, all of {@code type}. */
    public static void multiplyAdd(
            DataType type, MemorySegment a, long aOffset, MemorySegment b, long bOffset, MemorySegment c, long cOffset, MemorySegment out, long outOffset,
            int count) {
        if (type == DataType.BFLOAT16) {
            Bfloat16Loops.multiplyAdd(a, aOffset, b, bOffset, c, cOffset, out, outOffset, count);
        } else {
            VectorLoops.multiplyAdd(a, aOffset, b, bOffset, c, cOffset, out, outOffset, count);
        }
    }

    /** {@code sum = a * b + sum}, a and b of {@code type}, the sum FLOAT32. */
    public static void addProduct(
            DataType type, MemorySegment a, long aOffset, MemorySegment b, long bOffset, MemorySegment sum, long sumOffset, int count) {
        if (type == DataType.BFLOAT16) {
            Bfloat16Loops.addProduct(a, aOffset, b, bOffset, sum, sumOffset, count);
        } else {
            VectorLoops.multiplyAdd(a, aOffset, b, bOffset, sum, sumOffset, sum, sumOffset, count);
        }
    }

    /** {@code sum = c * d + (a * b + sum)}, a to d of {@code type}, the sum FLOAT32. */
    public static void addTwoProducts(
            DataType type, MemorySegment a, long aOffset, MemorySegment b, long bOffset, MemorySegment c, long cOffset, MemorySegment d, long dOffset,
            MemorySegment sum, long sumOffset, int count) {
        if (type == DataType.BFLOAT16) {
            Bfloat16Loops.addTwoProducts(a, aOffset, b, bOffset, c, cOffset, d, dOffset, sum, sumOffset, count);
        } else {
            VectorLoops.addTwoProducts(a, aOffset, b, bOffset, c, cOffset, d, dOffset, sum, sumOffset, count);
        }
    }

    /** {@code target = source}, the source of {@code type}, the target FLOAT32. */
    public static void widen(DataType type, MemorySegment source, long sourceOffset, MemorySegment target, long targetOffset, int count) {
        if (type == DataType.BFLOAT16) {
            Bfloat16.widen(source, sourceOffset, target, targetOffset, count);
        } else {
            // Not VectorLoops.copy: inlined into some callers, the JIT leaves its vectors on the heap (seen on JDK 25).
            MemorySegment.copy(source, sourceOffset, target, targetOffset, (long) count * Float.BYTES);
        }
    }
}
