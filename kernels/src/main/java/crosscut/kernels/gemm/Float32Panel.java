package crosscut.kernels.gemm;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * One row times a panel of weights, in fp32. A panel lies as {@link PanelCopy} leaves it. The terms of a sum are dealt to four partial
 * sums by turns, so that one addition need not wait for the other; these are added in pairs.
 *
 * <p>All strides are constants and the row is an array: the compiler then checks bounds once per panel, not at every load. With a check at each of them a core
 * has too few loads under way to fetch weights from memory at more than half its speed.
 */
final class Float32Panel {

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    private static final long ROW_BYTES = (long) PanelCopy.COLUMNS * Float.BYTES;
    private static final int CHAINS = 4;
    private static final long GROUP_BYTES = CHAINS * ROW_BYTES;
    private static final long NEXT = (long) LANES * Float.BYTES;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private Float32Panel() {
    }

    /**
     * Writes {@code bias + x W} or, with a ReLU, the larger of that and 0.
     *
     * @param x the row, from {@code xAt} on
     * @param depth terms
     * @param weights (depth, {@link PanelCopy#COLUMNS}), {@code at} bytes from the start
     * @param bias a number for each column, from {@code biasAt} on
     * @param y a result for each column, from {@code yAt} on
     */
    static void multiply(
            float[] x, int xAt, int depth, MemorySegment weights, long at, float[] bias, int biasAt, boolean hasRelu, float[] y, int yAt) {
        FloatVector a0 = FloatVector.fromArray(SPECIES, bias, biasAt);
        FloatVector a1 = FloatVector.zero(SPECIES);
        FloatVector a2 = FloatVector.zero(SPECIES);
        FloatVector a3 = FloatVector.zero(SPECIES);
        FloatVector b0 = FloatVector.fromArray(SPECIES, bias, biasAt + LANES);
        FloatVector b1 = FloatVector.zero(SPECIES);
        FloatVector b2 = FloatVector.zero(SPECIES);
        FloatVector b3 = FloatVector.zero(SPECIES);
        int groups = depth / CHAINS;
        for (int group = 0; group < groups; group++) {
            long from = at + group * GROUP_BYTES;
            int first = xAt + group * CHAINS;
            FloatVector x0 = FloatVector.broadcast(SPECIES, x[first]);
            a0 = x0.fma(FloatVector.fromMemorySegment(SPECIES, weights, from, ORDER), a0);
            b0 = x0.fma(FloatVector.fromMemorySegment(SPECIES, weights, from + NEXT, ORDER), b0);
            FloatVector x1 = FloatVector.broadcast(SPECIES, x[first + 1]);
            a1 = x1.fma(FloatVector.fromMemorySegment(SPECIES, weights, from + ROW_BYTES, ORDER), a1);
            b1 = x1.fma(FloatVector.fromMemorySegment(SPECIES, weights, from + ROW_BYTES + NEXT, ORDER), b1);
            FloatVector x2 = FloatVector.broadcast(SPECIES, x[first + 2]);
            a2 = x2.fma(FloatVector.fromMemorySegment(SPECIES, weights, from + 2 * ROW_BYTES, ORDER), a2);
            b2 = x2.fma(FloatVector.fromMemorySegment(SPECIES, weights, from + 2 * ROW_BYTES + NEXT, ORDER), b2);
            FloatVector x3 = FloatVector.broadcast(SPECIES, x[first + 3]);
            a3 = x3.fma(FloatVector.fromMemorySegment(SPECIES, weights, from + 3 * ROW_BYTES, ORDER), a3);
            b3 = x3.fma(FloatVector.fromMemorySegment(SPECIES, weights, from + 3 * ROW_BYTES + NEXT, ORDER), b3);
        }
        for (int term = groups * CHAINS; term < depth; term++) {
            FloatVector x0 = FloatVector.broadcast(SPECIES, x[xAt + term]);
            a0 = x0.fma(FloatVector.fromMemorySegment(SPECIES, weights, at + term * ROW_BYTES, ORDER), a0);
            b0 = x0.fma(FloatVector.fromMemorySegment(SPECIES, weights, at + term * ROW_BYTES + NEXT, ORDER), b0);
        }
        FloatVector a = a0.add(a1).add(a2.add(a3));
        FloatVector b = b0.add(b1).add(b2.add(b3));
        if (hasRelu) {
            a = a.max(0f);
            b = b.max(0f);
        }
        a.intoArray(y, yAt);
        b.intoArray(y, yAt + LANES);
    }
}
