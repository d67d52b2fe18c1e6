package crosscut.bindings.cuda;

/** Statuses of the driver (CUresult) about which we have something to say; the others are mistakes in Crosscut. */
enum CudaError {
    OUT_OF_MEMORY(2, "use a smaller batch, fewer or smaller tables, or a GPU with more memory"),
    NOT_INITIALIZED(3, Advice.SHUTTING_DOWN),
    DEINITIALIZED(4, Advice.SHUTTING_DOWN),
    STUB_LIBRARY(34, "this is the stub library of a CUDA toolkit: install the NVIDIA driver, or take the stubs folder off the library path"),
    CALL_REQUIRES_NEWER_DRIVER(36, Advice.NEWER_DRIVER),
    DEVICE_UNAVAILABLE(46, Advice.IN_USE),
    NO_DEVICE(100, "no GPU is visible: look at nvidia-smi and CUDA_VISIBLE_DEVICES"),
    INVALID_DEVICE(101, "choose a device that exists; nvidia-smi lists them"),
    MAP_FAILED(205, Advice.IN_USE),
    NO_BINARY_FOR_GPU(209, Advice.PTX),
    ECC_UNCORRECTABLE(214, "the GPU reports an uncorrectable memory error: look at nvidia-smi -q and restart the machine"),
    INVALID_PTX(218, Advice.PTX),
    JIT_COMPILER_NOT_FOUND(221, "the driver's PTX compiler is missing: install the package with libnvidia-ptxjitcompiler, or the whole driver again"),
    UNSUPPORTED_PTX_VERSION(222, Advice.PTX),
    JIT_COMPILATION_DISABLED(223, "CUDA_DISABLE_PTX_JIT is set: unset it"),
    ILLEGAL_ADDRESS(700, Advice.KERNEL),
    LAUNCH_TIMEOUT(702, Advice.KERNEL),
    ASSERT(710, Advice.KERNEL),
    ILLEGAL_INSTRUCTION(715, Advice.KERNEL),
    MISALIGNED_ADDRESS(716, Advice.KERNEL),
    INVALID_ADDRESS_SPACE(717, Advice.KERNEL),
    INVALID_PC(718, Advice.KERNEL),
    LAUNCH_FAILED(719, Advice.KERNEL),
    SYSTEM_NOT_READY(802, Advice.IN_USE),
    SYSTEM_DRIVER_MISMATCH(803, Advice.NEWER_DRIVER),
    COMPAT_NOT_SUPPORTED_ON_DEVICE(804, Advice.NEWER_DRIVER),
    UNKNOWN(999, "the driver has no reason: look at dmesg for lines with NVRM");

    private final int code;
    private final String advice;

    CudaError(int code, String advice) {
        this.code = code;
        this.advice = advice;
    }

    int code() {
        return code;
    }

    /** cuda.h's name of a status, for libraries that do not name it themselves: a stub library answers nothing. */
    static String name(int code) {
        CudaError error = of(code);
        return error == null ? "unknown status" : "CUDA_ERROR_" + error.name();
    }

    static String advice(int code) {
        CudaError error = of(code);
        return error == null ? Advice.MISTAKE : error.advice;
    }

    private static CudaError of(int code) {
        for (CudaError error : values()) {
            if (error.code == code) {
                return error;
            }
        }
        return null;
    }

    /** What several statuses have in common. */
    private static final class Advice {

        static final String MISTAKE = "this is a mistake in Crosscut: please report it with the command line";
        static final String SHUTTING_DOWN = "the driver is shutting down: start again";
        static final String NEWER_DRIVER = "install a newer NVIDIA driver";
        static final String IN_USE = "the GPU is in use or not ready: look at nvidia-smi";
        static final String PTX = "this GPU or driver does not take Crosscut's PTX: a GPU of compute capability 8.0 or newer and a driver since 2020 are needed";
        static final String KERNEL = "a kernel went wrong; please report it with the command line, and run it with --device cuda-sim to see the line";
    }
}
