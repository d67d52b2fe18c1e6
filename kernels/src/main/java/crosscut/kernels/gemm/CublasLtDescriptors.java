package crosscut.kernels.gemm;

import crosscut.bindings.cublaslt.CublasLt;
import crosscut.bindings.cublaslt.CublasLtConstants;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Tensor;

/** What cuBLASLt wants to be told about a product, in its own objects. */
final class CublasLtDescriptors implements AutoCloseable {

    private final CublasLt blas;
    private final long operation;
    private final long first;
    private final long second;
    private final long addend;
    private final long result;

    /**
     * Describes {@code problem}.
     *
     * @param usesTf32 whether factors of FLOAT32 may be rounded to TF32
     * @param vector address of the epilogue's vector, 0 when it has none
     * @param mask address of the epilogue's mask, 0 when it has none
     */
    CublasLtDescriptors(CublasLt blas, CublasLtProblem problem, boolean usesTf32, long vector, long mask) {
        this.blas = blas;
        operation = blas.createOperation(usesTf32 ? CublasLtConstants.COMPUTE_32F_FAST_TF32 : CublasLtConstants.COMPUTE_32F, CublasLtConstants.R_32F);
        blas.setOperation(operation, CublasLtConstants.TRANSA, operation(problem.first()));
        blas.setOperation(operation, CublasLtConstants.TRANSB, operation(problem.second()));
        Epilogue epilogue = problem.epilogue();
        blas.setOperation(operation, CublasLtConstants.EPILOGUE, epilogue.value());
        if (epilogue.usesVector()) {
            blas.setOperation(operation, CublasLtConstants.BIAS_DATA_TYPE, type(problem.vectorType()));
            blas.setOperation(operation, CublasLtConstants.BIAS_POINTER, vector);
        }
        if (epilogue.usesMask()) {
            blas.setOperation(operation, CublasLtConstants.AUX_POINTER, mask);
            blas.setOperation(operation, CublasLtConstants.AUX_LD, problem.maskStride());
        }
        first = layout(problem.first().tensor());
        second = layout(problem.second().tensor());
        addend = layout(problem.addend() == null ? problem.result() : problem.addend());
        result = layout(problem.result());
    }

    private static int operation(CublasLtProblem.Factor factor) {
        return factor.isTransposed() ? CublasLtConstants.OPERATION_TRANSPOSE : CublasLtConstants.OPERATION_NONE;
    }

    /** The memory of a row-major tensor, read by columns. */
    private long layout(Tensor tensor) {
        return blas.createLayout(type(tensor.type()), tensor.columns(), tensor.rows(), tensor.rowStride());
    }

    private static int type(DataType type) {
        return switch (type) {
            case FLOAT32 -> CublasLtConstants.R_32F;
            case BFLOAT16 -> CublasLtConstants.R_16BF;
            case FLOAT16 -> CublasLtConstants.R_16F;
            default -> throw new IllegalArgumentException("a matrix product of " + type);
        };
    }

    long operation() {
        return operation;
    }

    long first() {
        return first;
    }

    long second() {
        return second;
    }

    long addend() {
        return addend;
    }

    long result() {
        return result;
    }

    @Override
    public void close() {
        blas.destroyLayout(result);
        blas.destroyLayout(addend);
        blas.destroyLayout(second);
        blas.destroyLayout(first);
        blas.destroyOperation(operation);
    }
}
