package crosscut.simulator.blas;

/** The sum over k of a product, in fp32 with fused multiply-adds; every element adds its terms in ascending order of k. */
final class BlockedProduct {

    private static final int TERMS = 4;

    private BlockedProduct() {
    }

    /**
     * Adds the terms {@code from} to {@code to} (exclusive) of a b to {@code sums}.
     *
     * @param a m x k
     * @param b k x n
     * @param sums m x n, column-major
     */
    static void add(FloatMatrix a, FloatMatrix b, int from, int to, float[] sums) {
        int rows = a.rows();
        for (int column = 0; column < b.columns(); column++) {
            int term = from;
            int at = column * b.rows();
            for (; term + TERMS <= to; term += TERMS) {
                addFour(a.values(), term * rows, rows, b.values(), at + term, sums, column * rows);
            }
            for (; term < to; term++) {
                addOne(a.values(), term * rows, rows, b.values()[at + term], sums, column * rows);
            }
        }
    }

    private static void addFour(float[] a, int first, int rows, float[] b, int at, float[] sums, int target) {
        float b0 = b[at];
        float b1 = b[at + 1];
        float b2 = b[at + 2];
        float b3 = b[at + 3];
        int second = first + rows;
        int third = second + rows;
        int fourth = third + rows;
        for (int row = 0; row < rows; row++) {
            float sum = Math.fma(a[first + row], b0, sums[target + row]);
            sum = Math.fma(a[second + row], b1, sum);
            sum = Math.fma(a[third + row], b2, sum);
            sums[target + row] = Math.fma(a[fourth + row], b3, sum);
        }
    }

    private static void addOne(float[] a, int first, int rows, float factor, float[] sums, int target) {
        for (int row = 0; row < rows; row++) {
            sums[target + row] = Math.fma(a[first + row], factor, sums[target + row]);
        }
    }
}
