package crosscut.kernels.gemm;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * One row times a panel of bf16 weights, summed in fp32 as in {@link Float32Panel}. A row of a panel is one vector of ints, each of which holds a column of the
 * left half and one of the right half: shifted up it is the value of the one, masked that of the other.
 */
final class Bfloat16Panel {

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> PAIRS = IntVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();
    private static final int UPPER = 0xFFFF0000;
    private static final long ROW_BYTES = (long) PanelCopy.COLUMNS * Short.BYTES;
    private static final int CHAINS = 4;
    private static final long GROUP_BYTES = CHAINS * ROW_BYTES;
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private Bfloat16Panel() {
    }

    /** As {@link Float32Panel#multiply}, over bf16 {@code weights}. Written out: helpers that take vectors make the compiler put them on the heap. */
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
            IntVector w0 = IntVector.fromMemorySegment(PAIRS, weights, from, ORDER);
            a0 = x0.fma(w0.lanewise(VectorOperators.LSHL, Short.SIZE).reinterpretAsFloats(), a0);
            b0 = x0.fma(w0.and(UPPER).reinterpretAsFloats(), b0);
            FloatVector x1 = FloatVector.broadcast(SPECIES, x[first + 1]);
            IntVector w1 = IntVector.fromMemorySegment(PAIRS, weights, from + ROW_BYTES, ORDER);
            a1 = x1.fma(w1.lanewise(VectorOperators.LSHL, Short.SIZE).reinterpretAsFloats(), a1);
            b1 = x1.fma(w1.and(UPPER).reinterpretAsFloats(), b1);
            FloatVector x2 = FloatVector.broadcast(SPECIES, x[first + 2]);
            IntVector w2 = IntVector.fromMemorySegment(PAIRS, weights, from + 2 * ROW_BYTES, ORDER);
            a2 = x2.fma(w2.lanewise(VectorOperators.LSHL, Short.SIZE).reinterpretAsFloats(), a2);
            b2 = x2.fma(w2.and(UPPER).reinterpretAsFloats(), b2);
            FloatVector x3 = FloatVector.broadcast(SPECIES, x[first + 3]);
            IntVector w3 = IntVector.fromMemorySegment(PAIRS, weights, from + 3 * ROW_BYTES, ORDER);
            a3 = x3.fma(w3.lanewise(VectorOperators.LSHL, Short.SIZE).reinterpretAsFloats(), a3);
            b3 = x3.fma(w3.and(UPPER).reinterpretAsFloats(), b3);
        }
        for (int term = groups * CHAINS; term < depth; term++) {
            FloatVector x0 = FloatVector.broadcast(SPECIES, x[xAt + term]);
            IntVector w0 = IntVector.fromMemorySegment(PAIRS, weights, at + term * ROW_BYTES, ORDER);
            a0 = x0.fma(w0.lanewise(VectorOperators.LSHL, Short.SIZE).reinterpretAsFloats(), a0);
            b0 = x0.fma(w0.and(UPPER).reinterpretAsFloats(), b0);
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
