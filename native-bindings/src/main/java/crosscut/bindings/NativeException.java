package crosscut.bindings;

/** A native function returned a status that is not success. */
public class NativeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String function;
    private final int code;

    /**
     * Says what failed and what to do.
     *
     * @param function the native function
     * @param code the status it returned
     * @param name the library's name of that status
     * @param text what it means
     * @param advice what to do about it
     */
    public NativeException(String function, int code, String name, String text, String advice) {
        super(function + " returned " + name + " (" + code + "): " + text + "; " + advice);
        this.function = function;
        this.code = code;
    }

    /** The native function that failed. */
    public String function() {
        return function;
    }

    /** The status it returned. */
    public int code() {
        return code;
    }
}
