package crosscut.engine.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * One column of samples that lie in memory one after the other, as tf_raw stores them: a mapped file, or part of a batch.
 *
 * @param content all rows
 * @param rowBytes bytes of one sample
 */
record StoredColumn(MemorySegment content, int rowBytes) {

    /** Rows of more bytes are copied by the system's copy, whose fixed cost then hardly counts. */
    private static final int LONGEST_ROW_IN_WORDS = 512;

    /** Rows that are gone through word by word: few enough that they are still in a near cache when the next word's turn comes. */
    private static final int ROWS_PER_PASS = 1024;

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    /** Samples in the column. */
    long rows() {
        return content.byteSize() / rowBytes;
    }

    /** Copies {@code rows} rows from row {@code first} on to the begin of a buffer. */
    void copy(long first, int rows, MemorySegment target) {
        MemorySegment.copy(content, first * rowBytes, target, 0, (long) rows * rowBytes);
    }

    /**
     * Copies the rows of a block's samples to where they belong in a buffer.
     *
     * <p>One loop for every size, of loads that do not depend on each other: the processor then waits for many rows at once, where a copy of one row after the
     * other would wait for each.
     *
     * @param firstRow of the buffer, where the block begins
     */
    void gather(SampleBlock block, MemorySegment target, long firstRow) {
        int count = block.count();
        switch (rowBytes) {
            case Byte.BYTES -> gatherBytes(block.places(), 0, count, 0, target, firstRow);
            case Short.BYTES -> gatherShorts(block.places(), count, target, firstRow);
            case Integer.BYTES -> gatherInts(block.places(), count, target, firstRow);
            case Long.BYTES -> gatherLongs(block.places(), 0, count, 0, target, firstRow);
            default -> gatherRows(block.places(), count, target, firstRow);
        }
    }

    /** The byte at {@code offset} of every row. */
    private void gatherBytes(long[] places, int begin, int end, int offset, MemorySegment target, long firstRow) {
        for (int i = begin; i < end; i++) {
            byte value = content.get(ValueLayout.JAVA_BYTE, SampleBlock.sample(places[i]) * rowBytes + offset);
            target.set(ValueLayout.JAVA_BYTE, (firstRow + SampleBlock.position(places[i])) * rowBytes + offset, value);
        }
    }

    private void gatherShorts(long[] places, int count, MemorySegment target, long firstRow) {
        for (int i = 0; i < count; i++) {
            short value = content.get(SHORT, SampleBlock.sample(places[i]) * Short.BYTES);
            target.set(SHORT, (firstRow + SampleBlock.position(places[i])) * Short.BYTES, value);
        }
    }

    private void gatherInts(long[] places, int count, MemorySegment target, long firstRow) {
        for (int i = 0; i < count; i++) {
            int value = content.get(INT, SampleBlock.sample(places[i]) * Integer.BYTES);
            target.set(INT, (firstRow + SampleBlock.position(places[i])) * Integer.BYTES, value);
        }
    }

    /** The eight bytes at {@code offset} of every row. */
    private void gatherLongs(long[] places, int begin, int end, int offset, MemorySegment target, long firstRow) {
        for (int i = begin; i < end; i++) {
            long value = content.get(LONG, SampleBlock.sample(places[i]) * rowBytes + offset);
            target.set(LONG, (firstRow + SampleBlock.position(places[i])) * rowBytes + offset, value);
        }
    }

    private void gatherRows(long[] places, int count, MemorySegment target, long firstRow) {
        if (rowBytes > LONGEST_ROW_IN_WORDS) {
            for (int i = 0; i < count; i++) {
                long to = (firstRow + SampleBlock.position(places[i])) * rowBytes;
                MemorySegment.copy(content, SampleBlock.sample(places[i]) * rowBytes, target, to, rowBytes);
            }
            return;
        }
        for (int begin = 0; begin < count; begin += ROWS_PER_PASS) {
            gatherWords(places, begin, Math.min(begin + ROWS_PER_PASS, count), target, firstRow);
        }
    }

    /** The last word overlaps the one before where a row is no multiple of them. */
    private void gatherWords(long[] places, int begin, int end, MemorySegment target, long firstRow) {
        int last = rowBytes - Long.BYTES;
        for (int offset = 0; offset < last; offset += Long.BYTES) {
            gatherLongs(places, begin, end, offset, target, firstRow);
        }
        if (last >= 0) {
            gatherLongs(places, begin, end, last, target, firstRow);
        } else {
            for (int offset = 0; offset < rowBytes; offset++) {
                gatherBytes(places, begin, end, offset, target, firstRow);
            }
        }
    }
}
