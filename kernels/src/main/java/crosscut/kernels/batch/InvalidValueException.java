package crosscut.kernels.batch;

/** A numerical value that is NaN or infinite: names column, sample and value. */
public final class InvalidValueException extends InvalidSampleException {

    private static final long serialVersionUID = 1L;

    private final int column;

    public InvalidValueException(int column, long sample, float value) {
        super("numerical column " + column, sample, value + " is not a finite number");
        this.column = column;
    }

    /** The numerical feature, by its place in the channel. */
    public int column() {
        return column;
    }
}
