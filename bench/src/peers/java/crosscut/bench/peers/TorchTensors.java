package crosscut.bench.peers;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Values on their way between Crosscut's memory and libtorch's tensors. */
final class TorchTensors {

    private TorchTensors() {
    }

    /** The fp32 values of {@code values}, row by row, in a tensor's own memory. */
    static Tensor copy(MemorySegment values, long... shape) {
        return view(values, shape).clone();
    }

    /** A tensor that reads {@code values} where they are; valid as long as the segment. */
    static Tensor view(MemorySegment values, long... shape) {
        return torch.from_blob(new FloatPointer(values.asByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer()), shape);
    }

    /** All values of {@code tensor} as floats. */
    static float[] read(Tensor tensor) {
        try (Tensor floats = tensor.detach().to(torch.ScalarType.Float).contiguous()) {
            float[] values = new float[Math.toIntExact(floats.numel())];
            new FloatPointer(floats.data_ptr_float()).get(values);
            return values;
        }
    }
}
