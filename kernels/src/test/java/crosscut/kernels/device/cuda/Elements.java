package crosscut.kernels.device.cuda;

import crosscut.kernels.device.Bfloat16;
import crosscut.kernels.device.DataType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Elements of every type as double. */
final class Elements {

    private Elements() {
    }

    static double get(MemorySegment bytes, DataType type, long offset) {
        return switch (type) {
            case FLOAT32 -> bytes.get(ValueLayout.JAVA_FLOAT_UNALIGNED, offset);
            case BFLOAT16 -> Bfloat16.toFloat(bytes.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset));
            case FLOAT16 -> Float.float16ToFloat(bytes.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset));
            case INT8 -> bytes.get(ValueLayout.JAVA_BYTE, offset);
            case INT16 -> bytes.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset);
            case INT32 -> bytes.get(ValueLayout.JAVA_INT_UNALIGNED, offset);
            case INT64 -> bytes.get(ValueLayout.JAVA_LONG_UNALIGNED, offset);
        };
    }

    static void set(MemorySegment bytes, DataType type, long offset, double value) {
        switch (type) {
            case FLOAT32 -> bytes.set(ValueLayout.JAVA_FLOAT_UNALIGNED, offset, (float) value);
            case BFLOAT16 -> bytes.set(ValueLayout.JAVA_SHORT_UNALIGNED, offset, Bfloat16.fromFloat((float) value));
            case FLOAT16 -> bytes.set(ValueLayout.JAVA_SHORT_UNALIGNED, offset, Float.floatToFloat16((float) value));
            case INT8 -> bytes.set(ValueLayout.JAVA_BYTE, offset, (byte) value);
            case INT16 -> bytes.set(ValueLayout.JAVA_SHORT_UNALIGNED, offset, (short) value);
            case INT32 -> bytes.set(ValueLayout.JAVA_INT_UNALIGNED, offset, (int) value);
            case INT64 -> bytes.set(ValueLayout.JAVA_LONG_UNALIGNED, offset, (long) value);
        }
    }

    /** {@code value} as the type holds it. */
    static double rounded(DataType type, double value) {
        MemorySegment one = MemorySegment.ofArray(new byte[Long.BYTES]);
        set(one, type, 0, value);
        return get(one, type, 0);
    }
}
