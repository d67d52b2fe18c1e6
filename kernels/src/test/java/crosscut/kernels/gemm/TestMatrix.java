package crosscut.kernels.gemm;

import crosscut.kernels.device.Bfloat16;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;

/** A tensor inside a larger memory whose other bytes must not change. */
final class TestMatrix {

    private static final byte GUARD = 0x5a;

    private final Tensor tensor;

    private record Memory(MemorySegment hostSegment) implements DeviceMemory {

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
            // The garbage collector frees the memory of an automatic arena.
        }
    }

    /** Zeros. */
    static DeviceMemory memory(long byteSize) {
        return new Memory(Arena.ofAuto().allocate(byteSize, 64));
    }

    private TestMatrix(Tensor tensor) {
        this.tensor = tensor;
    }

    /** Columns {@code offset} to {@code offset + columns - 1} of a (rows, columns + offset + gap) matrix full of guard bytes. */
    static TestMatrix view(DataType type, long rows, int columns, int offset, int gap) {
        int stride = columns + offset + gap;
        MemorySegment segment = Arena.ofAuto().allocate(Math.max(1, rows) * stride * type.byteSize(), 64).fill(GUARD);
        return new TestMatrix(new Memory(segment).tensor(0, type, rows, stride).columnRange(offset, columns));
    }

    static TestMatrix dense(DataType type, long rows, int columns) {
        return view(type, rows, columns, 0, 0);
    }

    /** Values in [-1, 1), about every eighth of them 0, representable in the type. */
    TestMatrix random(SplittableRandom random) {
        for (long row = 0; row < tensor.rows(); row++) {
            for (int column = 0; column < tensor.columns(); column++) {
                set(row, column, random.nextInt(8) == 0 ? 0f : (float) random.nextDouble(-1, 1));
            }
        }
        return this;
    }

    Tensor tensor() {
        return tensor;
    }

    void set(long row, int column, float value) {
        long offset = tensor.byteOffset(row, column);
        if (tensor.type() == DataType.FLOAT32) {
            tensor.hostSegment().set(ValueLayout.JAVA_FLOAT_UNALIGNED, offset, value);
        } else {
            tensor.hostSegment().set(ValueLayout.JAVA_SHORT_UNALIGNED, offset, Bfloat16.fromFloat(value));
        }
    }

    float get(long row, int column) {
        long offset = tensor.byteOffset(row, column);
        return tensor.type() == DataType.FLOAT32
                ? tensor.hostSegment().get(ValueLayout.JAVA_FLOAT_UNALIGNED, offset)
                : Bfloat16.toFloat(tensor.hostSegment().get(ValueLayout.JAVA_SHORT_UNALIGNED, offset));
    }

    double[][] values() {
        double[][] values = new double[Math.toIntExact(tensor.rows())][tensor.columns()];
        for (int row = 0; row < values.length; row++) {
            for (int column = 0; column < tensor.columns(); column++) {
                values[row][column] = get(row, column);
            }
        }
        return values;
    }

    byte[] bytes() {
        return tensor.hostSegment().toArray(ValueLayout.JAVA_BYTE);
    }

    /** True when no byte outside the matrix has changed. */
    boolean guardIsIntact() {
        byte[] bytes = bytes();
        for (long row = 0; row < tensor.rows(); row++) {
            int from = Math.toIntExact(tensor.byteOffset(row, 0));
            Arrays.fill(bytes, from, from + tensor.columns() * tensor.type().byteSize(), GUARD);
        }
        for (byte one : bytes) {
            if (one != GUARD) {
                return false;
            }
        }
        return true;
    }
}
