package crosscut.kernels.batch;

/** A label that is neither 0 nor 1: names sample and value. */
public final class InvalidLabelException extends InvalidSampleException {

    private static final long serialVersionUID = 1L;

    public InvalidLabelException(long sample, int value) {
        super("the label", sample, value + " is neither 0 nor 1");
    }
}
