package crosscut.kernels.batch;

/** An id outside [0, cardinality): names feature, sample and value. */
public final class InvalidIdException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public InvalidIdException(String feature, long sample, long value, long cardinality) {
        super("feature " + feature + ", sample " + sample + ": id " + value + " is outside [0, " + cardinality + "), the cardinality that the feature spec gives");
    }
}
