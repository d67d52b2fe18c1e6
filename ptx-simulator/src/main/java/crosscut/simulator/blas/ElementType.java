package crosscut.simulator.blas;

import java.util.Optional;
import java.util.stream.Stream;

/** Types of matrix elements: cudaDataType_t. */
enum ElementType {

    FLOAT32(0, 4), FLOAT16(2, 2), BFLOAT16(14, 2);

    /** Half of the last kept bit of TF32: rounds to nearest, ties away from zero, as cvt.rna.tf32 does. */
    private static final int TENSOR_HALF = 0x1000;
    private static final int TENSOR_MASK = 0xFFFF_E000;
    private static final int BFLOAT_SHIFT = 16;

    private final int code;
    private final int bytes;

    ElementType(int code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    int code() {
        return code;
    }

    int bytes() {
        return bytes;
    }

    static Optional<ElementType> of(long code) {
        return Stream.of(values()).filter(type -> type.code == code).findFirst();
    }

    /** The value of a 2-byte element. */
    float toFloat(short bits) {
        return this == FLOAT16 ? Float.float16ToFloat(bits) : Float.intBitsToFloat(bits << BFLOAT_SHIFT);
    }

    /** The 2-byte element nearest to {@code value}, ties to even. */
    short fromFloat(float value) {
        return this == FLOAT16 ? Float.floatToFloat16(value) : toBfloat(value);
    }

    private static short toBfloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        return Float.isNaN(value) ? (short) 0x7FFF : (short) (bits + 0x7FFF + (bits >>> BFLOAT_SHIFT & 1) >>> BFLOAT_SHIFT);
    }

    /** {@code value} with the mantissa of TF32. */
    static float toTensorFloat(float value) {
        return Float.isFinite(value) ? Float.intBitsToFloat(Float.floatToRawIntBits(value) + TENSOR_HALF & TENSOR_MASK) : value;
    }
}
