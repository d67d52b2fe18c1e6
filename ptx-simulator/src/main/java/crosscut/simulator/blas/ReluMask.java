package crosscut.simulator.blas;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The auxiliary matrix of ReLU: a bit per element, column-major, bit {@code row % 8} of byte {@code row / 8} of a column. */
record ReluMask(MemorySegment memory, long strideBits) {

    /** Bytes of a column that hold bits of {@code rows} rows. */
    static long columnBytes(int rows) {
        return (rows + Byte.SIZE - 1) / Byte.SIZE;
    }

    /** Sets the bits of positive values and clears those of the others. */
    void write(FloatMatrix values) {
        for (int column = 0; column < values.columns(); column++) {
            long offset = column * strideBits / Byte.SIZE;
            for (int first = 0; first < values.rows(); first += Byte.SIZE) {
                int bits = 0;
                for (int row = first; row < Math.min(first + Byte.SIZE, values.rows()); row++) {
                    bits |= (values.values()[column * values.rows() + row] > 0 ? 1 : 0) << row - first;
                }
                memory.set(ValueLayout.JAVA_BYTE, offset + first / Byte.SIZE, (byte) bits);
            }
        }
    }

    /** Zeroes the values whose bits are not set. */
    void apply(FloatMatrix values) {
        for (int column = 0; column < values.columns(); column++) {
            long offset = column * strideBits / Byte.SIZE;
            for (int row = 0; row < values.rows(); row++) {
                if ((memory.get(ValueLayout.JAVA_BYTE, offset + row / Byte.SIZE) >> row % Byte.SIZE & 1) == 0) {
                    values.values()[column * values.rows() + row] = 0;
                }
            }
        }
    }
}
