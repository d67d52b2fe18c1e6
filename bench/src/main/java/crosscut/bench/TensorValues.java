package crosscut.bench;

import crosscut.kernels.device.Bfloat16;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Values of tensors on the host. */
final class TensorValues {

    private TensorValues() {
    }

    /** All values of a dense FLOAT32 or BFLOAT16 tensor, row by row. */
    static float[] read(Device device, Tensor tensor) {
        if (!tensor.isDense() || tensor.type() != DataType.FLOAT32 && tensor.type() != DataType.BFLOAT16) {
            throw new IllegalArgumentException("only dense FLOAT32 and BFLOAT16 can be read, not " + tensor);
        }
        float[] values = new float[Math.toIntExact(tensor.elements())];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment host = arena.allocate((long) values.length * tensor.type().byteSize(), Float.BYTES);
            device.read(tensor.memory(), tensor.byteOffset(), host);
            for (int index = 0; index < values.length; index++) {
                values[index] = tensor.type() == DataType.FLOAT32 ? host.getAtIndex(ValueLayout.JAVA_FLOAT, index)
                        : Bfloat16.toFloat(host.getAtIndex(ValueLayout.JAVA_SHORT, index));
            }
        }
        return values;
    }
}
