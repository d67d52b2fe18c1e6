package crosscut.simulator.execution;

/** 16-bit floating point numbers. */
final class Halves {

    private static final int HALF_NAN = 0x7FFF;
    private static final int MASK = 0xFFFF;

    private Halves() {
    }

    /** To binary16, to nearest even; every NaN becomes the one that hardware makes. */
    static int toHalf(float value) {
        return value != value ? HALF_NAN : Float.floatToFloat16(value) & MASK;
    }

    /** To binary16 with one rounding, where going through fp32 would round twice. */
    static int toHalf(double value) {
        float nearest = (float) value;
        if (nearest != value && !Float.isInfinite(nearest)) {
            // Round to odd: the lowest bit of the fp32 number remembers that something was cut off.
            float towardsZero = Math.abs(nearest) > Math.abs(value) ? (value > 0 ? Math.nextDown(nearest) : Math.nextUp(nearest)) : nearest;
            nearest = Float.intBitsToFloat(Float.floatToRawIntBits(towardsZero) | 1);
        }
        return toHalf(nearest);
    }

    static float fromHalf(int bits) {
        return Float.float16ToFloat((short) bits);
    }

    /** To bfloat16, to nearest even. */
    static int toBfloat16(float value) {
        if (value != value) {
            return HALF_NAN;
        }
        int bits = Float.floatToRawIntBits(value);
        return bits + 0x7FFF + (bits >>> Short.SIZE & 1) >>> Short.SIZE;
    }

    static float fromBfloat16(int bits) {
        return Float.intBitsToFloat(bits << Short.SIZE);
    }
}
