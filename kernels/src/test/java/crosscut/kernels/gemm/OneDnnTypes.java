package crosscut.kernels.gemm;

import crosscut.bindings.onednn.OneDnn;
import crosscut.kernels.device.DataType;
import java.util.stream.Stream;

/** What oneDNN multiplies on this processor; without bf16 units it multiplies what was widened to fp32. */
final class OneDnnTypes {

    private OneDnnTypes() {
    }

    /** A source of arguments: FLOAT32, and BFLOAT16 where there are units for it. */
    static Stream<DataType> here() {
        try (OneDnn library = OneDnn.open()) {
            return library.instructionSet().hasBfloat16() ? Stream.of(DataType.FLOAT32, DataType.BFLOAT16) : Stream.of(DataType.FLOAT32);
        }
    }
}
