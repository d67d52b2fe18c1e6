package crosscut.kernels.gemm;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Tensor;

/**
 * A product as cuBLASLt's column-major order sees it. A row-major matrix is the transpose of the column-major one in the same memory, so a row-major
 * {@code destination = left * right} is the column-major {@code destination^T = right^T * left^T}: cuBLASLt's first factor is the right operand, no data moves,
 * and a vector with one value per row of its result is one with a value per column of ours, as a bias is.
 *
 * @param rows of the column-major result: columns of the destination
 * @param columns of the column-major result: rows of the destination
 * @param depth terms of each sum
 * @param first memory of the right operand
 * @param second memory of the left operand
 * @param addend added to the product, or null; may be the destination
 * @param result memory of the destination
 * @param epilogue what happens to the sums
 */
record CublasLtProblem(long rows, long columns, long depth, Factor first, Factor second, Tensor addend, Tensor result, Epilogue epilogue) {

    /** Bits between two columns of a mask are a multiple of this, as cublasLt.h demands of CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_LD. */
    private static final long MASK_GRAIN = 128;

    /** cuBLASLt knows no kernels for more than this. */
    private static final long LARGEST_ALIGNMENT = 256;

    /** Memory of a factor and whether cuBLASLt has to transpose it. */
    record Factor(Tensor tensor, boolean isTransposed) {

        /** Rows of the column-major matrix in memory. */
        long storedRows() {
            return tensor.columns();
        }

        long storedColumns() {
            return tensor.rows();
        }
    }

    static CublasLtProblem of(ProductTerms terms, Epilogue epilogue) {
        Tensor result = terms.destination();
        return new CublasLtProblem(result.columns(), result.rows(), terms.left().columns(), factor(terms.right()), factor(terms.left()), terms.residual(),
                result, epilogue);
    }

    private static Factor factor(MatrixView operand) {
        return new Factor(operand.tensor(), operand.isTransposed());
    }

    /** The same product with another epilogue. */
    CublasLtProblem with(Epilogue other) {
        return new CublasLtProblem(rows, columns, depth, first, second, addend, result, other);
    }

    /** Bits between the starts of two columns of the mask. */
    long maskStride() {
        return maskStride(rows);
    }

    private static long maskStride(long rows) {
        return Math.ceilDiv(rows, MASK_GRAIN) * MASK_GRAIN;
    }

    /** Bytes of the mask. */
    long maskBytes() {
        return maskBytes(result);
    }

    /** Bytes of the mask of a ReLU with that output. */
    static long maskBytes(Tensor output) {
        return maskStride(output.columns()) / Byte.SIZE * output.rows();
    }

    /** The type of bias and bias gradient that cuBLASLt takes with this result. */
    DataType vectorType() {
        return result.type();
    }

    /** The largest power of two, up to what kernels make use of, that divides the address and the distance of columns. */
    static long alignment(Tensor tensor) {
        long bits = tensor.address() | LARGEST_ALIGNMENT;
        return Long.lowestOneBit(bits);
    }

    /** Everything that the choice of an algorithm depends on, as one word per fact. */
    String key() {
        StringBuilder key = new StringBuilder();
        key.append(rows).append('x').append(columns).append('x').append(depth).append(' ').append(text(first)).append(' ').append(text(second));
        if (addend != null) {
            key.append(" + ").append(text(addend));
        }
        return key.append(" = ").append(text(result)).toString();
    }

    private static String text(Factor factor) {
        return text(factor.tensor()) + (factor.isTransposed() ? "T" : "N");
    }

    private static String text(Tensor tensor) {
        return tensor.type() + "/" + tensor.rowStride() + "@" + alignment(tensor);
    }
}
