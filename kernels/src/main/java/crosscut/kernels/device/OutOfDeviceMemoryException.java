package crosscut.kernels.device;

/** An allocation did not fit; the message names owner, size and device. */
public final class OutOfDeviceMemoryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public OutOfDeviceMemoryException(String message) {
        super(message);
    }
}
