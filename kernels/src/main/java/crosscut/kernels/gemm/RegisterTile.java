package crosscut.kernels.gemm;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The innermost product: {@value #ROWS} rows by two vectors of columns, held in registers over one packed stretch of the reduction. Eight sums are as many as
 * two multiply-add units with a latency of four cycles need, and leave room in the 16 registers of AVX2, where twelve or sixteen sums run at half the speed.
 * They are named, and stored in place: arrays of vectors or helpers that take one make the compiler put vectors on the heap, which costs 85 % of the speed.
 */
final class RegisterTile {

    static final int ROWS = 4;

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    static final int COLUMNS = 2 * LANES;

    private RegisterTile() {
    }

    /**
     * Computes one tile.
     *
     * @param left panel of {@value #ROWS} rows, starting at {@code leftAt}
     * @param right panel of {@link #COLUMNS} columns, starting at {@code rightAt}
     * @param terms length of the reduction
     * @param sums where the tile goes, first row at {@code at}
     * @param stride floats between its rows
     * @param adds whether the tile is added to what lies there
     */
    static void multiply(float[] left, int leftAt, float[] right, int rightAt, int terms, float[] sums, int at, int stride, boolean adds) {
        FloatVector zero = FloatVector.zero(SPECIES);
        FloatVector sum0a = zero;
        FloatVector sum0b = zero;
        FloatVector sum1a = zero;
        FloatVector sum1b = zero;
        FloatVector sum2a = zero;
        FloatVector sum2b = zero;
        FloatVector sum3a = zero;
        FloatVector sum3b = zero;
        int l = leftAt;
        int r = rightAt;
        for (int term = 0; term < terms; term++) {
            FloatVector a = FloatVector.fromArray(SPECIES, right, r);
            FloatVector b = FloatVector.fromArray(SPECIES, right, r + LANES);
            FloatVector x0 = FloatVector.broadcast(SPECIES, left[l]);
            sum0a = x0.fma(a, sum0a);
            sum0b = x0.fma(b, sum0b);
            FloatVector x1 = FloatVector.broadcast(SPECIES, left[l + 1]);
            sum1a = x1.fma(a, sum1a);
            sum1b = x1.fma(b, sum1b);
            FloatVector x2 = FloatVector.broadcast(SPECIES, left[l + 2]);
            sum2a = x2.fma(a, sum2a);
            sum2b = x2.fma(b, sum2b);
            FloatVector x3 = FloatVector.broadcast(SPECIES, left[l + 3]);
            sum3a = x3.fma(a, sum3a);
            sum3b = x3.fma(b, sum3b);
            l += ROWS;
            r += COLUMNS;
        }
        if (adds) {
            sum0a.add(FloatVector.fromArray(SPECIES, sums, at)).intoArray(sums, at);
            sum0b.add(FloatVector.fromArray(SPECIES, sums, at + LANES)).intoArray(sums, at + LANES);
            sum1a.add(FloatVector.fromArray(SPECIES, sums, at + stride)).intoArray(sums, at + stride);
            sum1b.add(FloatVector.fromArray(SPECIES, sums, at + stride + LANES)).intoArray(sums, at + stride + LANES);
            sum2a.add(FloatVector.fromArray(SPECIES, sums, at + 2 * stride)).intoArray(sums, at + 2 * stride);
            sum2b.add(FloatVector.fromArray(SPECIES, sums, at + 2 * stride + LANES)).intoArray(sums, at + 2 * stride + LANES);
            sum3a.add(FloatVector.fromArray(SPECIES, sums, at + 3 * stride)).intoArray(sums, at + 3 * stride);
            sum3b.add(FloatVector.fromArray(SPECIES, sums, at + 3 * stride + LANES)).intoArray(sums, at + 3 * stride + LANES);
        } else {
            sum0a.intoArray(sums, at);
            sum0b.intoArray(sums, at + LANES);
            sum1a.intoArray(sums, at + stride);
            sum1b.intoArray(sums, at + stride + LANES);
            sum2a.intoArray(sums, at + 2 * stride);
            sum2b.intoArray(sums, at + 2 * stride + LANES);
            sum3a.intoArray(sums, at + 3 * stride);
            sum3b.intoArray(sums, at + 3 * stride + LANES);
        }
    }
}
