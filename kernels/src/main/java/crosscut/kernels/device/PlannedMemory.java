package crosscut.kernels.device;

/**
 * An allocation that has not been made yet.
 *
 * @param owner as {@link DeviceMemory#owner()} will name it
 * @param byteSize in bytes
 * @param isOnHost true for host memory that the device reads ({@link Device#allocateHost})
 */
public record PlannedMemory(String owner, long byteSize, boolean isOnHost) {

    /** Memory of the device itself. */
    public PlannedMemory(String owner, long byteSize) {
        this(owner, byteSize, false);
    }
}
