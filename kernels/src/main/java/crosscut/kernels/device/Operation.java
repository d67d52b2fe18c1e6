package crosscut.kernels.device;

/**
 * One op bound to its tensors: made once (shapes are checked and argument blocks laid out there), launched every step. Launching allocates nothing and
 * never waits for the device.
 */
@FunctionalInterface
public interface Operation {

    /** Enqueues the op. */
    void launch(Stream stream);
}
