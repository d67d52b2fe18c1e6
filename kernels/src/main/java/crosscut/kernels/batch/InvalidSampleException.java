package crosscut.kernels.batch;

/** A sample holds a value that no model can read. The message names the feature, the sample and the value. */
public abstract sealed class InvalidSampleException extends RuntimeException permits InvalidIdException, InvalidLabelException, InvalidValueException {

    private static final long serialVersionUID = 1L;

    private final long sample;
    private final String problem;

    InvalidSampleException(String what, long sample, String problem) {
        super(what + ", sample " + sample + ": " + problem);
        this.sample = sample;
        this.problem = problem;
    }

    /** Position of the sample as {@link RawBatch#describe} counts: in a shuffled epoch not where it is stored. */
    public long sample() {
        return sample;
    }

    /** What is wrong, without feature and sample. */
    public String problem() {
        return problem;
    }
}
