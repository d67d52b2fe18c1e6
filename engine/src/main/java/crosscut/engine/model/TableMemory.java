package crosscut.engine.model;

import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.embedding.EmbeddingTable;
import crosscut.kernels.embedding.TableSet;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Tables that lie in one kind of memory, with their optimizer state: an allocation each for weights and moments, laid out alike.
 *
 * @param weights all rows of all of its tables
 * @param firstMoments Adam's m, null without Adam
 * @param secondMoments Adam's v, null without Adam
 */
record TableMemory(DeviceMemory weights, DeviceMemory firstMoments, DeviceMemory secondMoments) implements AutoCloseable {

    /** Gives memory to an owner. */
    @FunctionalInterface
    interface Allocator {

        DeviceMemory allocate(String owner, long byteSize);
    }

    /**
     * Allocates it.
     *
     * @param allocator of the device's memory or of the host's
     * @param elements of every one of the allocations
     */
    static TableMemory allocate(Allocator allocator, long elements, boolean moments) {
        return new TableMemory(allocator.allocate("embedding tables", elements * Float.BYTES),
                moments ? allocator.allocate("embedding first moments", elements * Float.BYTES) : null,
                moments ? allocator.allocate("embedding second moments", elements * Float.BYTES) : null);
    }

    TableSet tableSet(List<EmbeddingTable> tables) {
        return new TableSet(tables, weights, firstMoments, secondMoments);
    }

    @Override
    public void close() {
        Stream.of(weights, firstMoments, secondMoments).filter(Objects::nonNull).forEach(DeviceMemory::close);
    }
}
