package crosscut.simulator.driver;

import java.util.Optional;
import java.util.stream.Stream;

/** Statuses of the driver that the simulator returns: CUresult of cuda.h, with the texts that cuGetErrorString gives. */
public enum DriverStatus {

    SUCCESS(0, "no error"),
    INVALID_VALUE(1, "invalid argument"),
    OUT_OF_MEMORY(2, "out of memory"),
    NOT_INITIALIZED(3, "initialization error"),
    DEINITIALIZED(4, "driver shutting down"),
    NO_DEVICE(100, "no CUDA-capable device is detected"),
    INVALID_DEVICE(101, "invalid device ordinal"),
    INVALID_IMAGE(200, "device kernel image is invalid"),
    INVALID_CONTEXT(201, "invalid device context"),
    NO_BINARY_FOR_GPU(209, "no kernel image is available for execution on the device"),
    PEER_ACCESS_UNSUPPORTED(217, "peer access is not supported between these two devices"),
    INVALID_PTX(218, "a PTX JIT compilation failed"),
    UNSUPPORTED_PTX_VERSION(222, "the provided PTX was compiled with an unsupported toolchain."),
    INVALID_HANDLE(400, "invalid resource handle"),
    NOT_FOUND(500, "named symbol not found"),
    NOT_READY(600, "device not ready"),
    ILLEGAL_ADDRESS(700, "an illegal memory access was encountered"),
    LAUNCH_OUT_OF_RESOURCES(701, "too many resources requested for launch"),
    LAUNCH_TIMEOUT(702, "the launch timed out and was terminated"),
    HOST_MEMORY_ALREADY_REGISTERED(712, "part or all of the requested memory range is already mapped"),
    HOST_MEMORY_NOT_REGISTERED(713, "pointer does not correspond to a registered memory region"),
    ILLEGAL_INSTRUCTION(715, "an illegal instruction was encountered"),
    MISALIGNED_ADDRESS(716, "misaligned address"),
    LAUNCH_FAILED(719, "unspecified launch failure"),
    NOT_PERMITTED(800, "operation not permitted"),
    NOT_SUPPORTED(801, "operation not supported"),
    STREAM_CAPTURE_UNSUPPORTED(900, "operation not permitted when stream is capturing"),
    STREAM_CAPTURE_INVALIDATED(901, "operation failed due to a previous error during capture"),
    STREAM_CAPTURE_MERGE(902, "operation would result in a merge of separate capture sequences"),
    STREAM_CAPTURE_UNMATCHED(903, "capture was not ended in the same stream as it began"),
    STREAM_CAPTURE_UNJOINED(904, "capturing stream has unjoined work"),
    STREAM_CAPTURE_ISOLATION(905, "dependency created on uncaptured work in another stream"),
    STREAM_CAPTURE_IMPLICIT(906, "operation would make the legacy stream depend on a capturing blocking stream"),
    CAPTURED_EVENT(907, "operation not permitted on an event last recorded in a capturing stream"),
    STREAM_CAPTURE_WRONG_THREAD(908, "attempt to terminate a thread-local capture sequence from another thread"),
    UNKNOWN(999, "unknown error");

    private final int code;
    private final String text;

    DriverStatus(int code, String text) {
        this.code = code;
        this.text = text;
    }

    /** The value of CUresult. */
    public int code() {
        return code;
    }

    String symbol() {
        return this == SUCCESS ? "CUDA_SUCCESS" : "CUDA_ERROR_" + name();
    }

    String text() {
        return text;
    }

    static Optional<DriverStatus> of(int code) {
        return Stream.of(values()).filter(status -> status.code == code).findFirst();
    }
}
