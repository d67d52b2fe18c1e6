package crosscut.bindings.onednn;

import crosscut.bindings.NativeException;
import crosscut.bindings.UnsupportedPrimitiveException;

/** The statuses of the C API (dnnl_status_t), in the order of their codes. */
enum OneDnnStatus {
    SUCCESS("success", ""),
    OUT_OF_MEMORY("the library could not allocate memory", "free host memory or lower the batch size"),
    INVALID_ARGUMENTS("an argument is invalid", "this is a mistake in Crosscut: please report it with the command line"),
    UNIMPLEMENTED("this CPU has no implementation of the operation", "use the Java matrix products or another precision"),
    LAST_IMPL_REACHED("no further implementation", "use the Java matrix products or another precision"),
    RUNTIME_ERROR("the library failed while running", "use the Java matrix products"),
    NOT_REQUIRED("the queried element is not needed", "this is a mistake in Crosscut: please report it with the command line"),
    INVALID_GRAPH("the graph is invalid", "this is a mistake in Crosscut: please report it with the command line"),
    INVALID_GRAPH_OP("an operation of the graph is invalid", "this is a mistake in Crosscut: please report it with the command line"),
    INVALID_SHAPE("a shape is invalid", "this is a mistake in Crosscut: please report it with the command line"),
    INVALID_DATA_TYPE("a data type is invalid", "this is a mistake in Crosscut: please report it with the command line");

    private final String text;
    private final String advice;

    OneDnnStatus(String text, String advice) {
        this.text = text;
        this.advice = advice;
    }

    /**
     * Returns when {@code code} is success.
     *
     * @throws UnsupportedPrimitiveException when the library has no such implementation
     * @throws NativeException for every other status
     */
    static void check(String function, int code) {
        if (code != 0) {
            throw exception(function, code);
        }
    }

    private static NativeException exception(String function, int code) {
        if (code < 0 || code >= values().length) {
            return new NativeException(function, code, "unknown status", "this oneDNN is newer than its binding", "use the bundled library");
        }
        OneDnnStatus status = values()[code];
        String name = "dnnl_" + status.name().toLowerCase(java.util.Locale.ROOT);
        return status == UNIMPLEMENTED || status == LAST_IMPL_REACHED
                ? new UnsupportedPrimitiveException(function, code, name, status.text, status.advice)
                : new NativeException(function, code, name, status.text, status.advice);
    }
}
