package crosscut.engine;

/**
 * Something the user can put right: bad input, a missing file, a flag that does not apply. The message is one line that names the thing, the value, the place
 * and what to do; it is all that the user sees.
 */
public final class UserException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UserException(String message) {
        super(oneLine(message));
    }

    public UserException(String message, Throwable cause) {
        super(oneLine(message), cause);
    }

    /** What users gave, file names and values, may hold line ends. */
    private static String oneLine(String message) {
        return message.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
