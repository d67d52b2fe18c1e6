package crosscut.kernels.device.cuda;

import crosscut.kernels.device.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * The arguments of one kernel launch, in the order of the kernel's parameters and with their exact types. Each value fills a cell of 8 bytes; the driver gets
 * an array with the address of every cell and reads as many bytes as the parameter has.
 */
public final class KernelArguments {

    private static final int FIRST_CAPACITY = 16;

    private long[] cells = new long[FIRST_CAPACITY];
    private int count;

    /** A pointer parameter: the address of the tensor's element (0, 0). */
    public KernelArguments tensor(Tensor tensor) {
        return address(tensor.address());
    }

    /** A pointer parameter; 0 is the null pointer. */
    public KernelArguments address(long address) {
        return int64(address);
    }

    /** An {@code int} or {@code unsigned} parameter. */
    public KernelArguments int32(int value) {
        return int64(value & 0xffff_ffffL);
    }

    /** A {@code long long} or {@code size_t} parameter. */
    public KernelArguments int64(long value) {
        if (count == cells.length) {
            cells = Arrays.copyOf(cells, 2 * count);
        }
        cells[count++] = value;
        return this;
    }

    /** A {@code float} parameter. */
    public KernelArguments float32(float value) {
        return int32(Float.floatToRawIntBits(value));
    }

    /** A {@code double} parameter. */
    public KernelArguments float64(double value) {
        return int64(Double.doubleToRawLongBits(value));
    }

    /** Lays the arguments out as the driver wants them: the pointers come first, the cells follow. */
    MemorySegment layOut() {
        long pointerBytes = (long) count * Long.BYTES;
        MemorySegment block = Arena.ofAuto().allocate(Math.max(Long.BYTES, 2 * pointerBytes), Long.BYTES);
        for (int index = 0; index < count; index++) {
            block.setAtIndex(ValueLayout.JAVA_LONG, index, block.address() + pointerBytes + (long) index * Long.BYTES);
            block.setAtIndex(ValueLayout.JAVA_LONG, (long) count + index, cells[index]);
        }
        return block;
    }
}
