package crosscut.simulator.blas;

import static crosscut.simulator.blas.BlasException.requireSupported;
import static crosscut.simulator.blas.BlasException.requireValid;

/**
 * A product D = alpha op(A) op(B) + beta C with its epilogue, checked against what cuBLASLt documents: op(A) is m x k, op(B) k x n, C and D m x n.
 *
 * @param isTransposedA whether op transposes A
 * @param isTransposedB whether op transposes B
 * @param maskLeadingDimension bits from a column of the ReLU mask to the next; 0 without mask
 */
record ProductShape(ComputeType compute, MatrixShape a, MatrixShape b, MatrixShape c, MatrixShape d, boolean isTransposedA, boolean isTransposedB,
        Epilogue epilogue, int m, int n, int k, long maskLeadingDimension) {

    private static final int MASK_STEP = 128;
    private static final int UNSET = -1;
    private static final int FULL = 2;

    static ProductShape of(Descriptor product, Descriptor layoutA, Descriptor layoutB, Descriptor layoutC, Descriptor layoutD) {
        MatrixShape a = MatrixShape.of(layoutA, "A");
        MatrixShape b = MatrixShape.of(layoutB, "B");
        MatrixShape c = MatrixShape.of(layoutC, "C");
        MatrixShape d = MatrixShape.of(layoutD, "D");
        boolean isTransposedA = isTransposed(product, "TRANSA");
        boolean isTransposedB = isTransposed(product, "TRANSB");
        int m = isTransposedA ? a.layoutColumns() : a.layoutRows();
        int k = isTransposedA ? a.layoutRows() : a.layoutColumns();
        int n = isTransposedB ? b.layoutRows() : b.layoutColumns();
        int inner = isTransposedB ? b.layoutColumns() : b.layoutRows();
        requireValid(k == inner, "op(A) is " + m + " x " + k + ", but op(B) is " + inner + " x " + n);
        requireValid(d.layoutRows() == m && d.layoutColumns() == n, "op(A) op(B) is " + m + " x " + n + ", but D " + d.layoutRows() + " x "
                + d.layoutColumns());
        requireValid(c.layoutRows() == m && c.layoutColumns() == n, "op(A) op(B) is " + m + " x " + n + ", but C " + c.layoutRows() + " x "
                + c.layoutColumns());
        ComputeType compute = ComputeType.of(product.get("COMPUTE_TYPE")).orElseThrow();
        requireTypes(compute, a.type(), b.type(), c.type(), d.type());
        requirePlain(product);
        Epilogue epilogue = epilogue(product);
        requireSupported(epilogue == Epilogue.DEFAULT || !(a.isRowMajor() || b.isRowMajor() || c.isRowMajor() || d.isRowMajor()),
                "epilogue " + epilogue + " with a row-major matrix; describe it as the column-major matrix that is its transpose");
        requireBias(product, epilogue, d.type());
        return new ProductShape(compute, a, b, c, d, isTransposedA, isTransposedB, epilogue, m, n, k, maskLeadingDimension(product, epilogue, m));
    }

    private static boolean isTransposed(Descriptor product, String attribute) {
        long operation = product.get(attribute);
        requireValid(operation >= 0 && operation <= 2, attribute + " is " + operation + ", no cublasOperation_t");
        return operation != 0;
    }

    /** The rows of the documentation's table of types that sum in fp32 and that the simulator has. */
    private static void requireTypes(ComputeType compute, ElementType a, ElementType b, ElementType c, ElementType d) {
        boolean operandsAgree = a == b && c == d;
        boolean resultFits = d == a || d == ElementType.FLOAT32;
        boolean computeFits = compute != ComputeType.TENSOR_FLOAT32 || a == ElementType.FLOAT32;
        requireSupported(operandsAgree && resultFits && computeFits, "A " + a + ", B " + b + ", C " + c + ", D " + d + " with compute type " + compute);
    }

    private static void requirePlain(Descriptor product) {
        requireSupported(product.get("POINTER_MODE") == 0, "the simulator takes alpha and beta from the host only");
        requireSupported(product.get("TRANSC") == 0, "TRANSC is not supported by cublasLtMatmul");
        requireSupported(product.get("FILL_MODE") == FULL, "FILL_MODE is not supported by cublasLtMatmul");
        for (String scale : new String[] {"A_SCALE_POINTER", "B_SCALE_POINTER", "C_SCALE_POINTER", "D_SCALE_POINTER", "AMAX_D_POINTER"}) {
            requireSupported(product.get(scale) == 0, scale + " is for 8-bit types");
        }
    }

    private static Epilogue epilogue(Descriptor product) {
        long code = product.get("EPILOGUE");
        return Epilogue.of(code).orElseThrow(() -> new BlasException(BlasStatus.NOT_SUPPORTED, "epilogue " + code));
    }

    private static void requireBias(Descriptor product, Epilogue epilogue, ElementType result) {
        long type = product.get("BIAS_DATA_TYPE");
        requireSupported(!epilogue.hasBiasVector() || type == UNSET || type == result.code(), "bias of data type " + type + " with D of " + result
                + "; they must agree");
        requireSupported(product.get("EPILOGUE_AUX_DATA_TYPE") == UNSET, "the ReLU mask has no EPILOGUE_AUX_DATA_TYPE");
    }

    private static long maskLeadingDimension(Descriptor product, Epilogue epilogue, int m) {
        if (!epilogue.hasMask()) {
            return 0;
        }
        long bits = product.get("EPILOGUE_AUX_LD");
        requireValid(bits >= m && bits % MASK_STEP == 0, "EPILOGUE_AUX_LD of " + bits + " for " + m + " rows; it is a multiple of " + MASK_STEP
                + ", not less than the rows");
        return bits;
    }
}
