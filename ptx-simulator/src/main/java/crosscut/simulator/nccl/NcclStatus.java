package crosscut.simulator.nccl;

/** Statuses of NCCL that the stand-in returns: ncclResult_t. */
enum NcclStatus {

    SUCCESS(0, "no error"), UNHANDLED_CUDA_ERROR(1, "unhandled cuda error"), INTERNAL_ERROR(3, "internal error"), INVALID_ARGUMENT(4, "invalid argument"),
    INVALID_USAGE(5, "invalid usage"), REMOTE_ERROR(6, "remote process exited or there was a network error");

    private final int code;
    private final String text;

    NcclStatus(int code, String text) {
        this.code = code;
        this.text = text;
    }

    int code() {
        return code;
    }

    static String textOf(int code) {
        for (NcclStatus status : values()) {
            if (status.code == code) {
                return status.text;
            }
        }
        return "unknown result code";
    }
}
