package crosscut.kernels.gemm;

import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Weights that stay as they are for many launches, as those of a pass that only goes forward. Products may compute with copies of them that lie in the order of
 * their instructions; {@link #take} makes these copies, so it has to be launched before the first product and again whenever the weights have changed.
 */
public final class FixedWeights implements AutoCloseable {

    /** Owner of the copies, in memory plans. */
    public static final String OWNER = "packed weights";

    static final String NOT_TAKEN = "a product was launched before its fixed weights were taken";

    /** Where copies come from, {@link crosscut.kernels.device.Device#allocate}. */
    @FunctionalInterface
    public interface Allocator {

        /** Zeros that the caller closes. */
        DeviceMemory allocate(String owner, long byteSize);
    }

    private final Allocator allocator;
    private final List<DeviceMemory> copies = new ArrayList<>();
    private final Map<Kind, Operation> packings = new LinkedHashMap<>();

    private record Kind(Class<?> type, MatrixView weights, int cut) {}

    /** None so far: {@link MatrixProducts#forward} adds what it copies. */
    public FixedWeights(Allocator allocator) {
        this.allocator = allocator;
    }

    /**
     * The copy of a kind, made anew for the first product that asks for it: slices of a batch multiply by the same copies.
     *
     * @param type what writes such a copy
     * @param weights what is copied
     * @param cut columns that are copied in one piece
     * @param byteSize of the copy
     * @param packing binds what writes it
     */
    <T extends Operation> T copy(Class<T> type, MatrixView weights, int cut, long byteSize, Function<DeviceMemory, T> packing) {
        return type.cast(packings.computeIfAbsent(new Kind(type, weights, cut), _ -> {
            DeviceMemory copy = allocator.allocate(OWNER, byteSize);
            copies.add(copy);
            return packing.apply(copy);
        }));
    }

    /** Brings all copies up to date with the weights. */
    public void take(Stream stream) {
        for (Operation packing : packings.values()) {
            packing.launch(stream);
        }
    }

    @Override
    public void close() {
        copies.forEach(DeviceMemory::close);
    }
}
