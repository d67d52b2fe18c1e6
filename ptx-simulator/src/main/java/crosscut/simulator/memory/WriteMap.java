package crosscut.simulator.memory;

import java.util.Arrays;

/** Which bytes of a piece of memory have been written: one bit each, in chunks that exist once something in them was written. */
public final class WriteMap {

    private static final int CHUNK_BITS = 15;
    private static final int WORD_BITS = 6;
    private static final int CHUNK_WORDS = 1 << CHUNK_BITS - WORD_BITS;
    private static final long WORD_MASK = (1L << WORD_BITS) - 1;

    private final long[][] chunks;

    WriteMap(long byteSize) {
        chunks = new long[Math.toIntExact((byteSize >>> CHUNK_BITS) + 1)][];
    }

    private WriteMap(long[][] chunks) {
        this.chunks = chunks;
    }

    void clear() {
        for (long[] chunk : chunks) {
            if (chunk != null) {
                Arrays.fill(chunk, 0);
            }
        }
    }

    WriteMap copy() {
        long[][] copied = new long[chunks.length][];
        for (int index = 0; index < chunks.length; index++) {
            copied[index] = chunks[index] == null ? null : chunks[index].clone();
        }
        return new WriteMap(copied);
    }

    /** Notes a write of 1 to 16 bytes; the offset is a multiple of that size. */
    void write(long offset, int byteSize) {
        words(offset)[word(offset)] |= mask(byteSize) << (offset & WORD_MASK);
    }

    void write(long offset, long byteSize) {
        for (long at = offset; at < offset + byteSize;) {
            int count = (int) Math.min(Long.SIZE - (at & WORD_MASK), offset + byteSize - at);
            words(at)[word(at)] |= mask(count) << (at & WORD_MASK);
            at += count;
        }
    }

    /** True when all of 1 to 16 bytes at a multiple of that size were written. */
    boolean isWritten(long offset, int byteSize) {
        long[] chunk = chunks[(int) (offset >>> CHUNK_BITS)];
        long wanted = mask(byteSize) << (offset & WORD_MASK);
        return chunk != null && (chunk[word(offset)] & wanted) == wanted;
    }

    /** Offset of the first byte that was never written, or -1. */
    long firstUnwritten(long offset, long byteSize) {
        for (long at = offset; at < offset + byteSize; at++) {
            long[] chunk = chunks[(int) (at >>> CHUNK_BITS)];
            if (chunk == null) {
                return at;
            }
            if ((at & WORD_MASK) == 0 && chunk[word(at)] == -1L) {
                at += WORD_MASK;
            } else if ((chunk[word(at)] >>> (at & WORD_MASK) & 1) == 0) {
                return at;
            }
        }
        return -1;
    }

    private static long mask(int byteSize) {
        return byteSize >= Long.SIZE ? -1L : (1L << byteSize) - 1;
    }

    private static int word(long offset) {
        return (int) (offset >>> WORD_BITS) & CHUNK_WORDS - 1;
    }

    private long[] words(long offset) {
        int index = (int) (offset >>> CHUNK_BITS);
        long[] chunk = chunks[index];
        if (chunk == null) {
            chunk = new long[CHUNK_WORDS];
            chunks[index] = chunk;
        }
        return chunk;
    }
}
