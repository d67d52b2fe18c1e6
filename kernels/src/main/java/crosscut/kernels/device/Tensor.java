package crosscut.kernels.device;

import java.lang.foreign.MemorySegment;

/**
 * A matrix in device memory: element (r, c) lies at {@code byteOffset + (r * rowStride + c) * type.byteSize()}. A vector is one row.
 *
 * @param memory the allocation it lies in
 * @param byteOffset bytes from the start of {@code memory} to element (0, 0)
 * @param type element type
 * @param rows number of rows, 0 or more
 * @param columns number of columns, 0 or more
 * @param rowStride elements between the starts of two rows, at least {@code columns}
 */
public record Tensor(DeviceMemory memory, long byteOffset, DataType type, long rows, int columns, long rowStride) {

    public Tensor {
        if (rows < 0 || columns < 0 || rowStride < columns || byteOffset < 0) {
            throw new IllegalArgumentException("tensor of " + rows + " x " + columns + ", row stride " + rowStride + ", offset " + byteOffset);
        }
        long end = rows == 0 || columns == 0 ? byteOffset : byteOffset + ((rows - 1) * rowStride + columns) * type.byteSize();
        if (end > memory.byteSize()) {
            throw new IllegalArgumentException("tensor ends at byte " + end + " of " + memory.byteSize() + " in " + memory.owner());
        }
    }

    /** Columns {@code from} to {@code from + count - 1} of every row; a view of the same memory. */
    public Tensor columnRange(int from, int count) {
        if (from < 0 || count < 0 || from + count > columns) {
            throw new IllegalArgumentException("columns " + from + " + " + count + " of " + columns);
        }
        return new Tensor(memory, byteOffset + (long) from * type.byteSize(), type, rows, count, rowStride);
    }

    /** Rows {@code from} to {@code from + count - 1}; a view of the same memory. */
    public Tensor rowRange(long from, long count) {
        if (from < 0 || count < 0 || from + count > rows) {
            throw new IllegalArgumentException("rows " + from + " + " + count + " of " + rows);
        }
        return new Tensor(memory, byteOffset + from * rowStride * type.byteSize(), type, count, columns, rowStride);
    }

    /** Bytes from the start of the memory to element (row, column). */
    public long byteOffset(long row, long column) {
        return byteOffset + (row * rowStride + column) * type.byteSize();
    }

    /** The address of element (0, 0) as the device sees it. */
    public long address() {
        return memory.address() + byteOffset;
    }

    /** rows * columns. */
    public long elements() {
        return rows * columns;
    }

    /** True when rows follow each other without a gap. */
    public boolean isDense() {
        return rowStride == columns || rows <= 1;
    }

    /** The whole allocation as the host sees it; index it with {@link #byteOffset(long, long)}. */
    public MemorySegment hostSegment() {
        return memory.hostSegment();
    }

    /** Shape and type for messages: {@code 4 x 8 FLOAT32}. */
    public String shape() {
        return rows + " x " + columns + " " + type;
    }
}
