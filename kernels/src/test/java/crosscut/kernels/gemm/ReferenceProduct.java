package crosscut.kernels.gemm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import crosscut.kernels.Tolerance;
import crosscut.kernels.device.DataType;

/** A matrix product in double precision with the size of its terms, as the tolerance law wants it. */
final class ReferenceProduct {

    private final double[][] sums;
    private final double[][] magnitudes;
    private final long length;

    private ReferenceProduct(int rows, int columns, long length) {
        sums = new double[rows][columns];
        magnitudes = new double[rows][columns];
        this.length = length;
    }

    /** {@code left * right} as three plain loops; the dimensions are given because an empty matrix does not know its width. */
    static ReferenceProduct of(double[][] left, double[][] right, int rows, int terms, int columns) {
        ReferenceProduct product = new ReferenceProduct(rows, columns, terms + 2L);
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                for (int term = 0; term < terms; term++) {
                    product.add(row, column, left[row][term] * right[term][column]);
                }
            }
        }
        return product;
    }

    static double[][] transposed(double[][] matrix, int columns) {
        double[][] result = new double[columns][matrix.length];
        for (int row = 0; row < matrix.length; row++) {
            for (int column = 0; column < columns; column++) {
                result[column][row] = matrix[row][column];
            }
        }
        return result;
    }

    void add(int row, int column, double term) {
        sums[row][column] += term;
        // A partial sum is a term of the next addition, and of long sums the larger one.
        magnitudes[row][column] = Math.max(magnitudes[row][column], Math.max(Math.abs(term), Math.abs(sums[row][column])));
    }

    double get(int row, int column) {
        return sums[row][column];
    }

    void set(int row, int column, double value) {
        sums[row][column] = value;
    }

    int rows() {
        return sums.length;
    }

    int columns() {
        return sums.length == 0 ? 0 : sums[0].length;
    }

    /** Sums are fp32 whatever the operands are; a result in half precision is rounded once more at the end. */
    void assertEqualTo(TestMatrix actual) {
        assertEqualTo(actual.values(), actual.tensor().type(), DataType.FLOAT32);
        assertThat(actual.guardIsIntact()).as("bytes outside the result are unchanged").isTrue();
    }

    /**
     * Demands the values.
     *
     * @param type of the result
     * @param precision in which factors enter the sums
     */
    void assertEqualTo(double[][] actual, DataType type, DataType precision) {
        Tolerance sum = new Tolerance(precision, length);
        Tolerance rounding = new Tolerance(type, 1);
        for (int row = 0; row < rows(); row++) {
            for (int column = 0; column < columns(); column++) {
                double expected = sums[row][column];
                double allowed = sum.allowed(Math.max(magnitudes[row][column], Math.abs(expected))) + rounding.allowed(expected);
                // The negation also catches NaN; AssertJ is asked only about failures, as it is slow on millions of elements.
                if (!(Math.abs(actual[row][column] - expected) <= allowed)) {
                    assertThat(actual[row][column]).as("row %d, column %d", row, column).isCloseTo(expected, within(allowed));
                }
            }
        }
    }
}
