package crosscut.kernels.device;

/** Element type of a {@link Tensor}. All types are little endian in memory and on disk. */
public enum DataType {
    /** IEEE 754 binary32. */
    FLOAT32(Float.BYTES),
    /** The upper half of a binary32: 8 bits of exponent, 7 of fraction; conversions round to nearest even. */
    BFLOAT16(Short.BYTES),
    /** IEEE 754 binary16. */
    FLOAT16(Short.BYTES),
    INT8(Byte.BYTES),
    INT16(Short.BYTES),
    INT32(Integer.BYTES),
    INT64(Long.BYTES);

    private final int byteSize;

    DataType(int byteSize) {
        this.byteSize = byteSize;
    }

    /** Bytes of one element. */
    public int byteSize() {
        return byteSize;
    }

    /** Distance from 1 to the next larger number of this type. Throws {@link IllegalStateException} for the integer types. */
    public double epsilon() {
        return switch (this) {
            case FLOAT32 -> 0x1p-23;
            case BFLOAT16 -> 0x1p-7;
            case FLOAT16 -> 0x1p-10;
            default -> throw new IllegalStateException(this + " has no epsilon");
        };
    }
}
