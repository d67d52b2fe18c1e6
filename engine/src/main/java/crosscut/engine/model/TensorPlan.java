package crosscut.engine.model;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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

    private record Slot(long byteOffset, DataType type, long rows, int columns) {

        long byteSize() {
            return rows * columns * type.byteSize();
        }
    }

    /** A plan for one owner, named in memory plans and messages. */
    TensorPlan(String owner) {
        this.owner = owner;
    }

    /** Adds a dense (rows, columns) tensor. */
    TensorPlan add(String name, DataType type, long rows, int columns) {
        if (slots.put(name, new Slot(byteSize, type, rows, columns)) != null) {
            throw new IllegalArgumentException("two tensors named " + name);
        }
        byteSize += (rows * columns * type.byteSize() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        return this;
    }

    /** Adds all tensors of {@code part}, each under its name behind a prefix. */
    TensorPlan addAll(String prefix, TensorPlan part) {
        part.slots.forEach((name, slot) -> add(prefix + name, slot.type(), slot.rows(), slot.columns()));
        return this;
    }

    String owner() {
        return owner;
    }

    /** Bytes of the allocation. */
    long byteSize() {
        return byteSize;
    }

    /** Allocates; all tensors are zero. Where the device separates views every tensor gets an allocation of its own. */
    Tensors allocate(Device device) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        List<DeviceMemory> memories = new ArrayList<>();
        if (device.separatesViews()) {
            slots.forEach((name, slot) -> {
                DeviceMemory own = device.allocate(owner + ", " + name, slot.byteSize());
                memories.add(own);
                tensors.put(name, own.tensor(0, slot.type(), slot.rows(), slot.columns()));
            });
        } else {
            DeviceMemory shared = device.allocate(owner, byteSize);
            memories.add(shared);
            slots.forEach((name, slot) -> tensors.put(name, shared.tensor(slot.byteOffset(), slot.type(), slot.rows(), slot.columns())));
        }
        return new Tensors(owner, memories, tensors);
    }

    /** The tensors of a plan in memory. */
    static final class Tensors implements AutoCloseable {

        private final String owner;
        private final List<DeviceMemory> memories;
        private final Map<String, Tensor> tensors;

        private Tensors(String owner, List<DeviceMemory> memories, Map<String, Tensor> tensors) {
            this.owner = owner;
            this.memories = List.copyOf(memories);
            this.tensors = Map.copyOf(tensors);
        }

        /** The tensor of that name. */
        Tensor get(String name) {
            Tensor tensor = tensors.get(name);
            if (tensor == null) {
                throw new IllegalArgumentException("no tensor named " + name + " in " + owner);
            }
            return tensor;
        }

        @Override
        public void close() {
            memories.forEach(DeviceMemory::close);
        }
    }
}
