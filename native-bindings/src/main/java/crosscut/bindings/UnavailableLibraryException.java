package crosscut.bindings;

/** A native library cannot be used here; the message names the places tried and why each failed. */
public final class UnavailableLibraryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UnavailableLibraryException(String message) {
        super(message);
    }
}
