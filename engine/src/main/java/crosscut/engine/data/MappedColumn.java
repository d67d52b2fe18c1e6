package crosscut.engine.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/**
 * One file of a tf_raw split in memory.
 *
 * @param content the whole file
 * @param rowBytes bytes of one sample
 */
public record MappedColumn(Path file, MemorySegment content, int rowBytes) {

    /** Samples in the file. */
    public long rows() {
        return content.byteSize() / rowBytes;
    }

    /** Copies {@code rows} rows from row {@code first} on to row {@code targetRow} of a buffer. */
    void copy(long first, int rows, MemorySegment target, long targetRow) {
        MemorySegment.copy(content, first * rowBytes, target, targetRow * rowBytes, (long) rows * rowBytes);
    }

    /** Copies one row; for the row sizes of ids and labels many times faster than a copy of bytes, whose fixed cost is about 100 ns. */
    void copyRow(long row, MemorySegment target, long targetRow) {
        switch (rowBytes) {
            case Byte.BYTES -> target.set(ValueLayout.JAVA_BYTE, targetRow, content.get(ValueLayout.JAVA_BYTE, row));
            case Short.BYTES -> target.setAtIndex(ValueLayout.JAVA_SHORT, targetRow, content.getAtIndex(ValueLayout.JAVA_SHORT, row));
            case Integer.BYTES -> target.setAtIndex(ValueLayout.JAVA_INT, targetRow, content.getAtIndex(ValueLayout.JAVA_INT, row));
            default -> copy(row, 1, target, targetRow);
        }
    }
}
