package crosscut.engine.model;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tensors that share one allocation: first all shapes are named, so that the size is known (and can be printed) before anything is allocated, then views are
 * handed out by name.
 */
final class TensorPlan {

    /** Every tensor starts at a multiple of this, the width of a cache line and of the widest vector register. */
    private static final long ALIGNMENT = 64;

    private final String owner;
    private final Map<String, Slot> slots = new LinkedHashMap<>();
    private long byteSize;

    private record Slot(long byteOffset, DataType type, long rows, int columns) {}

    /** A plan for one owner, named in memory plans and messages. */
    TensorPlan(String owner) {
        this.owner = owner;
    }

    /** Adds a dense (rows, columns) tensor. */
    TensorPlan add(String name, DataType type, long rows, int columns) {
        if (slots.put(name, new Slot(byteSize, type, rows, columns)) != null) {
            throw new IllegalArgumentException("two tensors named " + name);
        }
        long bytes = rows * columns * type.byteSize();
        byteSize += (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        return this;
    }

    String owner() {
        return owner;
    }

    /** Bytes of the allocation. */
    long byteSize() {
        return byteSize;
    }

    /** Allocates; all tensors are zero. */
    Tensors allocate(Device device) {
        return new Tensors(device.allocate(owner, byteSize), slots);
    }

    /** The tensors of a plan in memory. */
    static final class Tensors implements AutoCloseable {

        private final DeviceMemory memory;
        private final Map<String, Slot> slots;

        private Tensors(DeviceMemory memory, Map<String, Slot> slots) {
            this.memory = memory;
            this.slots = Map.copyOf(slots);
        }

        /** The tensor of that name. */
        Tensor get(String name) {
            Slot slot = slots.get(name);
            if (slot == null) {
                throw new IllegalArgumentException("no tensor named " + name + " in " + memory.owner());
            }
            return memory.tensor(slot.byteOffset(), slot.type(), slot.rows(), slot.columns());
        }

        DeviceMemory memory() {
            return memory;
        }

        @Override
        public void close() {
            memory.close();
        }
    }
}
