package crosscut.kernels.device;

/** An event that keeps the time at which its mark was passed. */
public interface TimedEvent extends Event {

    /**
     * Seconds from the mark of {@code earlier} to this one.
     *
     * @param earlier an event of the same device
     * @throws IllegalStateException when one of the two marks was not passed yet, or never recorded
     */
    double secondsSince(TimedEvent earlier);
}
