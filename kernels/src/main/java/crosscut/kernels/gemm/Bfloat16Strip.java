package crosscut.kernels.gemm;

import crosscut.kernels.device.Bfloat16;
import crosscut.kernels.device.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums of a strip of columns over bf16 weights that lie where they lie, in fp32. A vector of ints holds two columns in each lane: shifted up they are the even
 * columns' values, masked the odd ones'. Sums are kept apart that way and brought into order at the end.
 */
final class Bfloat16Strip {

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> PAIRS = IntVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    private static final int ODD_COLUMN = 0xFFFF0000;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;

    /** Rows of weights that are read side by side. */
    private static final int GROUP = 4;

    /** The lanes of two vectors by turns, first those of their lower halves. */
    private static final VectorShuffle<Float> LOWER = VectorShuffle.makeZip(SPECIES, 0);
    private static final VectorShuffle<Float> UPPER = VectorShuffle.makeZip(SPECIES, 1);

    private Bfloat16Strip() {
    }

    /**
     * Writes {@code x W} to {@code sums}, which hold zeros.
     *
     * @param weights (depth, columns) BFLOAT16
     * @param column first column of the strip
     * @param count columns of the strip
     * @param x (rows, depth)
     * @param sums (rows, {@code stride})
     */
    static void multiply(Tensor weights, int column, int count, float[] x, int depth, int rows, float[] sums, int stride) {
        MemorySegment segment = weights.hostSegment();
        long rowBytes = weights.rowStride() * Short.BYTES;
        long at = weights.byteOffset(0, column);
        int whole = count / (2 * LANES) * (2 * LANES);
        int grouped = depth / GROUP * GROUP;
        for (int term = 0; term < grouped; term += GROUP) {
            for (int row = 0; row < rows; row++) {
                addGroup(segment, at + term * rowBytes, rowBytes, x, row * depth + term, sums, row * stride, whole);
            }
        }
        for (int row = 0; row < rows; row++) {
            order(sums, row * stride, whole);
            addOneByOne(segment, at, rowBytes, grouped, depth, 0, whole, x, row * depth, sums, row * stride);
            addOneByOne(segment, at, rowBytes, 0, depth, whole, count, x, row * depth, sums, row * stride);
        }
    }

    /** Written out: helpers that take vectors make the compiler put them on the heap. */
    private static void addGroup(MemorySegment weights, long at, long rowBytes, float[] x, int xAt, float[] sums, int sumsAt, int whole) {
        FloatVector x0 = FloatVector.broadcast(SPECIES, x[xAt]);
        FloatVector x1 = FloatVector.broadcast(SPECIES, x[xAt + 1]);
        FloatVector x2 = FloatVector.broadcast(SPECIES, x[xAt + 2]);
        FloatVector x3 = FloatVector.broadcast(SPECIES, x[xAt + 3]);
        for (int c = 0; c < whole; c += 2 * LANES) {
            long place = at + (long) c * Short.BYTES;
            FloatVector even = FloatVector.fromArray(SPECIES, sums, sumsAt + c);
            FloatVector odd = FloatVector.fromArray(SPECIES, sums, sumsAt + c + LANES);
            IntVector w0 = IntVector.fromMemorySegment(PAIRS, weights, place, ORDER);
            even = x0.fma(w0.lanewise(VectorOperators.LSHL, Short.SIZE).reinterpretAsFloats(), even);
            odd = x0.fma(w0.and(ODD_COLUMN).reinterpretAsFloats(), odd);
            IntVector w1 = IntVector.fromMemorySegment(PAIRS, weights, place + rowBytes, ORDER);
            even = x1.fma(w1.lanewise(VectorOperators.LSHL, Short.SIZE).reinterpretAsFloats(), even);
            odd = x1.fma(w1.and(ODD_COLUMN).reinterpretAsFloats(), odd);
            IntVector w2 = IntVector.fromMemorySegment(PAIRS, weights, place + 2 * rowBytes, ORDER);
            even = x2.fma(w2.lanewise(VectorOperators.LSHL, Short.SIZE).reinterpretAsFloats(), even);
            odd = x2.fma(w2.and(ODD_COLUMN).reinterpretAsFloats(), odd);
            IntVector w3 = IntVector.fromMemorySegment(PAIRS, weights, place + 3 * rowBytes, ORDER);
            even = x3.fma(w3.lanewise(VectorOperators.LSHL, Short.SIZE).reinterpretAsFloats(), even);
            odd = x3.fma(w3.and(ODD_COLUMN).reinterpretAsFloats(), odd);
            even.intoArray(sums, sumsAt + c);
            odd.intoArray(sums, sumsAt + c + LANES);
        }
    }

    /** Brings even and odd columns into their order. */
    private static void order(float[] sums, int at, int whole) {
        for (int c = 0; c < whole; c += 2 * LANES) {
            FloatVector even = FloatVector.fromArray(SPECIES, sums, at + c);
            FloatVector odd = FloatVector.fromArray(SPECIES, sums, at + c + LANES);
            even.rearrange(LOWER, odd).intoArray(sums, at + c);
            even.rearrange(UPPER, odd).intoArray(sums, at + c + LANES);
        }
    }

    /** The terms after the last group, and the columns after the last pair of vectors. */
    private static void addOneByOne(
            MemorySegment weights, long at, long rowBytes, int firstTerm, int endTerm, int firstColumn, int endColumn, float[] x, int xAt, float[] sums,
            int sumsAt) {
        for (int term = firstTerm; term < endTerm; term++) {
            for (int c = firstColumn; c < endColumn; c++) {
                float weight = Bfloat16.toFloat(weights.get(SHORT, at + term * rowBytes + (long) c * Short.BYTES));
                sums[sumsAt + c] = Math.fma(x[xAt + term], weight, sums[sumsAt + c]);
            }
        }
    }
}
