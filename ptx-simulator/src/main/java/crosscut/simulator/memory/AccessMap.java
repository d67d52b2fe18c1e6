package crosscut.simulator.memory;

import java.util.Arrays;

/**
 * For every two bytes of a piece of memory who wrote them last and who read them last, to find races. Each is a record of 64 bits, whose content is the
 * reader's affair, and the instruction; chunks exist once something in them was touched.
 */
public final class AccessMap {

    /** Bytes that share a record; single bytes are not watched. */
    public static final int GRANULE = Short.BYTES;

    private static final int CHUNK_BITS = 11;
    private static final int CHUNK = 1 << CHUNK_BITS;

    private final Chunk[] chunks;
    private final long granules;
    private long lastLaunch;

    /** Records of neighbouring granules. */
    public static final class Chunk {

        private long lastLaunch;
        /** Last writers. */
        public final long[] writers;
        /** Last readers. */
        public final long[] readers;
        /** Indices of the instructions of the last writers. */
        public final int[] writeInstructions;
        /** Indices of the instructions of the last readers. */
        public final int[] readInstructions;

        private Chunk(int length) {
            writers = new long[length];
            readers = new long[length];
            writeInstructions = new int[length];
            readInstructions = new int[length];
        }

        private void reset() {
            if (lastLaunch != 0) {
                Arrays.fill(writers, 0);
                Arrays.fill(readers, 0);
                lastLaunch = 0;
            }
        }
    }

    public AccessMap(long byteSize) {
        granules = Math.ceilDiv(byteSize, GRANULE);
        chunks = new Chunk[Math.toIntExact((byteSize / GRANULE >>> CHUNK_BITS) + 1)];
    }

    /** The records that the byte at {@code offset} is in, for an access by a launch of that number. */
    public Chunk chunk(long offset, long launch) {
        int index = (int) (offset / GRANULE >>> CHUNK_BITS);
        Chunk chunk = chunks[index];
        if (chunk == null) {
            chunk = new Chunk((int) Math.min(CHUNK, granules - (long) index * CHUNK));
            chunks[index] = chunk;
        }
        chunk.lastLaunch = launch;
        lastLaunch = launch;
        return chunk;
    }

    /** Gives every chunk whose last access was by {@code launch}, with the offset of its first byte. */
    public void forEachChunk(long launch, ChunkVisitor visitor) {
        for (int index = 0; lastLaunch == launch && index < chunks.length; index++) {
            if (chunks[index] != null && chunks[index].lastLaunch == launch) {
                visitor.visit((long) index * CHUNK * GRANULE, chunks[index]);
            }
        }
    }

    /** Takes chunks. */
    public interface ChunkVisitor {

        /** Takes the chunk whose first byte is at {@code offset} of the allocation. */
        void visit(long offset, Chunk chunk);
    }

    /** Forgets everything, but keeps the chunks for the next use. */
    void reset() {
        for (Chunk chunk : chunks) {
            if (chunk != null) {
                chunk.reset();
            }
        }
    }

    void clear() {
        Arrays.fill(chunks, null);
    }

    /** Place in its chunk of the byte at {@code offset}. */
    public static int index(long offset) {
        return (int) (offset / GRANULE) & CHUNK - 1;
    }
}
