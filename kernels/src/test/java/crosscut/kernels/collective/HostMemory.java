package crosscut.kernels.collective;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Memory for tests that need no device. */
record HostMemory(Arena arena, MemorySegment hostSegment) implements DeviceMemory {

    static Tensor floats(long count) {
        return floats(1, Math.toIntExact(count));
    }

    static Tensor floats(long rows, int columns) {
        Arena arena = Arena.ofAuto();
        HostMemory memory = new HostMemory(arena, arena.allocate(Math.max(1, rows * columns) * Float.BYTES, Long.BYTES));
        return memory.tensor(0, DataType.FLOAT32, rows, columns);
    }

    static Tensor floats(float[] values) {
        Tensor tensor = floats(values.length);
        MemorySegment.copy(values, 0, tensor.hostSegment(), ValueLayout.JAVA_FLOAT, 0, values.length);
        return tensor;
    }

    static float[] values(Tensor tensor) {
        return tensor.hostSegment().asSlice(tensor.byteOffset(), tensor.elements() * Float.BYTES).toArray(ValueLayout.JAVA_FLOAT);
    }

    @Override
    public String owner() {
        return "test";
    }

    @Override
    public long byteSize() {
        return hostSegment.byteSize();
    }

    @Override
    public long address() {
        return hostSegment.address();
    }

    @Override
    public void close() {
        // The garbage collector frees it.
    }
}
