package crosscut.kernels.batch;

/** An id outside [0, cardinality): names feature, sample and value. */
public final class InvalidIdException extends InvalidSampleException {

    private static final long serialVersionUID = 1L;

    private final String feature;

    public InvalidIdException(String feature, long sample, long value, long cardinality) {
        super("feature " + feature, sample, "id " + value + " is outside [0, " + cardinality + "), the cardinality that the feature spec gives");
        this.feature = feature;
    }

    /** The categorical feature. */
    public String feature() {
        return feature;
    }
}
