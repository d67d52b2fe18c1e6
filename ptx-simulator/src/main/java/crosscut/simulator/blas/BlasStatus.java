package crosscut.simulator.blas;

import java.util.Optional;
import java.util.stream.Stream;

/** Statuses of cuBLASLt that the stand-in returns: cublasStatus_t. */
enum BlasStatus {

    SUCCESS(0), NOT_INITIALIZED(1), INVALID_VALUE(7), EXECUTION_FAILED(13), INTERNAL_ERROR(14), NOT_SUPPORTED(15);

    private final int code;

    BlasStatus(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }

    String symbol() {
        return "CUBLAS_STATUS_" + name();
    }

    static Optional<BlasStatus> of(int code) {
        return Stream.of(values()).filter(status -> status.code == code).findFirst();
    }
}
