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
    private long lastLaunch;

    /** Records of neighbouring granules. */
    public static final class Chunk {

        private long lastLaunch;
        /** Last writers. */
        public final long[] writers = new long[CHUNK];
        /** Last readers. */
        public final long[] readers = new long[CHUNK];
        /** Indices of the instructions of the last writers. */
        public final int[] writeInstructions = new int[CHUNK];
        /** Indices of the instructions of the last readers. */
        public final int[] readInstructions = new int[CHUNK];
    }

    public AccessMap(long byteSize) {
        chunks = new Chunk[Math.toIntExact((byteSize / GRANULE >>> CHUNK_BITS) + 1)];
    }

    /** The records that the byte at {@code offset} is in, for an access by a launch of that number. */
    public Chunk chunk(long offset, long launch) {
        int index = (int) (offset / GRANULE >>> CHUNK_BITS);
        Chunk chunk = chunks[index];
        if (chunk == null) {
            chunk = new Chunk();
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

    void clear() {
        Arrays.fill(chunks, null);
    }

    /** Place in its chunk of the byte at {@code offset}. */
    public static int index(long offset) {
        return (int) (offset / GRANULE) & CHUNK - 1;
    }
}
