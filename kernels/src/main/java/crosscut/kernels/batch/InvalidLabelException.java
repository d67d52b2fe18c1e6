package crosscut.kernels.batch;

/** A label that is neither 0 nor 1: names sample and value. */
public final class InvalidLabelException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public InvalidLabelException(long sample, int value) {
        super("label of sample " + sample + ": " + value + " is neither 0 nor 1");
    }
}
