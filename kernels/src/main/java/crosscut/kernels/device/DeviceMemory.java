package crosscut.kernels.device;

import java.lang.foreign.MemorySegment;

/**
 * One allocation on a device, made for one owner and freed by closing it. Tensors are views into it; the training step allocates none.
 */
public interface DeviceMemory extends AutoCloseable {

    /** Who asked for it, as memory plans and error messages name it. */
    String owner();

    /** Size in bytes. */
    long byteSize();

    /** The address as the device sees it. */
    long address();

    /**
     * The memory as the host sees it.
     *
     * @throws UnsupportedOperationException when the host cannot reach it
     */
    MemorySegment hostSegment();

    /** True for memory of the host that a device with memory of its own reaches over its bus: what {@link Device#allocateHost} of a GPU gives. */
    default boolean isOnHost() {
        return false;
    }

    /** A dense (rows, columns) tensor that starts {@code byteOffset} bytes into this memory. */
    default Tensor tensor(long byteOffset, DataType type, long rows, int columns) {
        return new Tensor(this, byteOffset, type, rows, columns, columns);
    }

    /** Frees the memory; every tensor in it becomes invalid. Closing twice does nothing. */
    @Override
    void close();
}
