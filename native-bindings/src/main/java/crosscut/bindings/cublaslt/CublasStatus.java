package crosscut.bindings.cublaslt;

import crosscut.bindings.NativeException;

/** The statuses of cuBLAS (cublasStatus_t). */
enum CublasStatus {
    SUCCESS(0, "success", ""),
    NOT_INITIALIZED(1, "the library could not start on this GPU", "look at nvidia-smi; the GPU needs free memory and a driver that fits the library"),
    ALLOC_FAILED(3, "the library got no memory", "use a smaller batch or a GPU with more memory"),
    INVALID_VALUE(7, "an argument is invalid", CublasStatus.MISTAKE),
    ARCH_MISMATCH(8, "this GPU lacks what the product needs", "use --precision fp32, or a GPU of compute capability 8.0 or newer"),
    MAPPING_ERROR(11, "GPU memory could not be reached", CublasStatus.MISTAKE),
    EXECUTION_FAILED(13, "a matrix product failed on the GPU", "look at nvidia-smi and dmesg; run with --device cuda-sim to check the kernels"),
    INTERNAL_ERROR(14, "an error inside the library", "try another version of cuBLASLt: CROSSCUT_CUDA_LIBS names its folder"),
    NOT_SUPPORTED(15, "the library does not offer this product", CublasStatus.MISTAKE),
    LICENSE_ERROR(16, "the library's licence could not be checked", "install the library again");

    private static final String MISTAKE = "this is a mistake in Crosscut: please report it with the command line";

    private final int code;
    private final String text;
    private final String advice;

    CublasStatus(int code, String text, String advice) {
        this.code = code;
        this.text = text;
        this.advice = advice;
    }

    int code() {
        return code;
    }

    /**
     * Returns when {@code code} is success.
     *
     * @throws NativeException for every other status
     */
    static void check(String function, int code) {
        if (code != SUCCESS.code) {
            throw exception(function, code);
        }
    }

    private static NativeException exception(String function, int code) {
        for (CublasStatus status : values()) {
            if (status.code == code) {
                return new NativeException(function, code, "CUBLAS_STATUS_" + status.name(), status.text, status.advice);
            }
        }
        return new NativeException(function, code, "unknown status", "this cuBLASLt is newer than its binding", "install the version that doctor recommends");
    }
}
