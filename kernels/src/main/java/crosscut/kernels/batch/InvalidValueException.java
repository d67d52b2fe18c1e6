package crosscut.kernels.batch;

/** A numerical value that is NaN or infinite: names column, sample and value. */
public final class InvalidValueException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public InvalidValueException(int column, long sample, float value) {
        super("numerical column " + column + ", sample " + sample + ": " + value + " is not a finite number");
    }
}
