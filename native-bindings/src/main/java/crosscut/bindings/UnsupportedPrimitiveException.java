package crosscut.bindings;

/** The library works but has no implementation of what was asked on this machine: choose another way. */
public final class UnsupportedPrimitiveException extends NativeException {

    private static final long serialVersionUID = 1L;

    public UnsupportedPrimitiveException(String function, int code, String name, String text, String advice) {
        super(function, code, name, text, advice);
    }
}
