package crosscut.bindings.cublaslt;

import static crosscut.bindings.generated.cublaslt.CublasLt.*;

/** Values of the C enums, by their names there without the prefix. */
public final class CublasLtConstants {

    /** cublasComputeType_t: fp32 sums of fp32, fp16 or bf16 products. */
    public static final int COMPUTE_32F = CUBLAS_COMPUTE_32F();
    /** cublasComputeType_t: operands rounded to TF32. */
    public static final int COMPUTE_32F_FAST_TF32 = CUBLAS_COMPUTE_32F_FAST_TF32();

    /** cudaDataType_t: fp32. */
    public static final int R_32F = CUDA_R_32F();
    /** cudaDataType_t: fp16. */
    public static final int R_16F = CUDA_R_16F();
    /** cudaDataType_t: bf16. */
    public static final int R_16BF = CUDA_R_16BF();

    /** cublasOperation_t: as it is. */
    public static final int OPERATION_NONE = CUBLAS_OP_N();
    /** cublasOperation_t: transposed. */
    public static final int OPERATION_TRANSPOSE = CUBLAS_OP_T();

    /** cublasLtMatmulDescAttributes_t, int: operation on A. */
    public static final int TRANSA = CUBLASLT_MATMUL_DESC_TRANSA();
    /** cublasLtMatmulDescAttributes_t, int: operation on B. */
    public static final int TRANSB = CUBLASLT_MATMUL_DESC_TRANSB();
    /** cublasLtMatmulDescAttributes_t, int: epilogue. */
    public static final int EPILOGUE = CUBLASLT_MATMUL_DESC_EPILOGUE();
    /** cublasLtMatmulDescAttributes_t, address: bias or bias gradient. */
    public static final int BIAS_POINTER = CUBLASLT_MATMUL_DESC_BIAS_POINTER();
    /** cublasLtMatmulDescAttributes_t, int: type of the bias or its gradient. */
    public static final int BIAS_DATA_TYPE = CUBLASLT_MATMUL_DESC_BIAS_DATA_TYPE();
    /** cublasLtMatmulDescAttributes_t, address: mask of the ReLU. */
    public static final int AUX_POINTER = CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_POINTER();
    /** cublasLtMatmulDescAttributes_t, long: leading dimension of the mask in bits. */
    public static final int AUX_LD = CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_LD();

    /** cublasLtEpilogue_t. */
    public static final int EPILOGUE_DEFAULT = CUBLASLT_EPILOGUE_DEFAULT();
    /** cublasLtEpilogue_t. */
    public static final int EPILOGUE_RELU = CUBLASLT_EPILOGUE_RELU();
    /** cublasLtEpilogue_t: writes the ReLU's mask too. */
    public static final int EPILOGUE_RELU_AUX = CUBLASLT_EPILOGUE_RELU_AUX();
    /** cublasLtEpilogue_t. */
    public static final int EPILOGUE_BIAS = CUBLASLT_EPILOGUE_BIAS();
    /** cublasLtEpilogue_t. */
    public static final int EPILOGUE_RELU_BIAS = CUBLASLT_EPILOGUE_RELU_BIAS();
    /** cublasLtEpilogue_t: writes the ReLU's mask too. */
    public static final int EPILOGUE_RELU_AUX_BIAS = CUBLASLT_EPILOGUE_RELU_AUX_BIAS();
    /** cublasLtEpilogue_t: applies the ReLU's mask. */
    public static final int EPILOGUE_DRELU = CUBLASLT_EPILOGUE_DRELU();
    /** cublasLtEpilogue_t: applies the ReLU's mask and sums the bias gradient. */
    public static final int EPILOGUE_DRELU_BGRAD = CUBLASLT_EPILOGUE_DRELU_BGRAD();
    /** cublasLtEpilogue_t: sums A over the inner dimension. */
    public static final int EPILOGUE_BGRADA = CUBLASLT_EPILOGUE_BGRADA();
    /** cublasLtEpilogue_t: sums B over the inner dimension. */
    public static final int EPILOGUE_BGRADB = CUBLASLT_EPILOGUE_BGRADB();

    /** cublasLtMatmulPreferenceAttributes_t, long: largest workspace. */
    public static final int MAX_WORKSPACE_BYTES = CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES();
    /** cublasLtMatmulPreferenceAttributes_t, int: allowed reduction schemes. */
    public static final int REDUCTION_SCHEME_MASK = CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK();
    /** cublasLtMatmulPreferenceAttributes_t, int: alignment of A in bytes. */
    public static final int MIN_ALIGNMENT_A_BYTES = CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES();
    /** cublasLtMatmulPreferenceAttributes_t, int: alignment of B in bytes. */
    public static final int MIN_ALIGNMENT_B_BYTES = CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES();
    /** cublasLtMatmulPreferenceAttributes_t, int: alignment of C in bytes. */
    public static final int MIN_ALIGNMENT_C_BYTES = CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES();
    /** cublasLtMatmulPreferenceAttributes_t, int: alignment of D in bytes. */
    public static final int MIN_ALIGNMENT_D_BYTES = CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES();

    /** cublasLtReductionScheme_t: parts are added in place with atomics, in no fixed order. */
    public static final int REDUCTION_SCHEME_INPLACE = CUBLASLT_REDUCTION_SCHEME_INPLACE();
    /** cublasLtReductionScheme_t: parts are added from the workspace in the compute type. */
    public static final int REDUCTION_SCHEME_COMPUTE_TYPE = CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE();
    /** cublasLtReductionScheme_t: parts are added from the workspace in the output's type. */
    public static final int REDUCTION_SCHEME_OUTPUT_TYPE = CUBLASLT_REDUCTION_SCHEME_OUTPUT_TYPE();

    private CublasLtConstants() {
    }
}
