package crosscut.kernels.embedding;

import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.CudaContext;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Tables as the kernels see them: an array of {@code Table} of {@code embedding.cuh} in device memory, which ends with one more that holds the totals. Sorted
 * pairs follow each other table by table; each table's are cut into chunks, and its chunks into groups.
 */
final class CudaTables {

    /** {@code CHUNK_PAIRS} and {@code GROUP_CHUNKS} of {@code embedding_update.cuh}. */
    static final int CHUNK_PAIRS = 32;
    static final int GROUP_CHUNKS = 32;

    /** Numbers in an access of 16 bytes to weights and moments. */
    private static final int VECTOR = 4;

    private static final int WARP_LANES = 32;
    private static final int FIELDS = 13;

    /** Ids have 31 bits, however many rows a table has. */
    private static final long MOST_IDS = Integer.MAX_VALUE + 1L;

    /** Most rows of tables that are sorted together: their keys have 32 bits. */
    private static final long MOST_KEYS = 1L << Integer.SIZE;

    private final List<EmbeddingTable> tables;
    private final boolean[] hasVectors;
    private final long[] firstPair;
    private final long[] firstChunk;
    private final long[] firstGroup;
    private final long[] firstKey;

    /**
     * Lays tables out.
     *
     * @param memories the weights, and the moments where they are used
     * @param activations gathered values or their gradients; null where neither is touched, and rows alone decide how they are accessed
     */
    CudaTables(List<EmbeddingTable> tables, long batchSize, List<DeviceMemory> memories, Tensor activations) {
        this.tables = tables;
        int count = tables.size();
        hasVectors = new boolean[count];
        firstPair = new long[count + 1];
        firstChunk = new long[count + 1];
        firstGroup = new long[count + 1];
        firstKey = new long[count + 1];
        for (int index = 0; index < count; index++) {
            EmbeddingTable table = tables.get(index);
            hasVectors[index] = hasVectors(table, memories) && (activations == null || hasVectors(table, activations));
            long pairs = batchSize * table.hotness();
            long chunks = Math.ceilDiv(pairs, (long) CHUNK_PAIRS);
            firstPair[index + 1] = firstPair[index] + pairs;
            firstChunk[index + 1] = firstChunk[index] + chunks;
            firstGroup[index + 1] = firstGroup[index] + Math.ceilDiv(chunks, (long) GROUP_CHUNKS);
            long keysTogether = firstKey[index] + keys(table);
            boolean startsSort = keysTogether > MOST_KEYS;
            firstKey[index] = startsSort ? 0 : firstKey[index];
            firstKey[index + 1] = firstKey[index] + keys(table);
        }
    }

    private static long keys(EmbeddingTable table) {
        return Math.min(table.cardinality(), MOST_IDS);
    }

    /** Rows that are here and that an id may name. */
    private static long rows(EmbeddingTable table) {
        return Math.clamp(MOST_IDS - table.firstRow(), 0, table.rows());
    }

    /** Whether every row starts at a multiple of 16 bytes. */
    private static boolean hasVectors(EmbeddingTable table, List<DeviceMemory> memories) {
        return table.dimension() % VECTOR == 0 && table.elementOffset() % VECTOR == 0
                && memories.stream().allMatch(memory -> memory.address() % (VECTOR * Float.BYTES) == 0);
    }

    private static boolean hasVectors(EmbeddingTable table, Tensor activations) {
        long access = (long) VECTOR * activations.type().byteSize();
        return (activations.address() + (long) table.columnOffset() * activations.type().byteSize()) % access == 0
                && (activations.rows() <= 1 || activations.rowStride() * activations.type().byteSize() % access == 0);
    }

    /** Whether rows of weights are read, and their values in the activations accessed, 16 bytes of weights at a time. */
    static boolean hasVectors(EmbeddingTable table, DeviceMemory weights, Tensor activations) {
        return hasVectors(table, List.of(weights)) && hasVectors(table, activations);
    }

    /** The array in device memory. */
    DeviceMemory upload(CudaContext context, String owner) {
        return context.upload(owner, IntStream.rangeClosed(0, tables.size()).mapToObj(this::fields).flatMapToLong(LongStream::of).toArray());
    }

    private long[] fields(int index) {
        long[] firsts = {firstPair[index], firstChunk[index], firstGroup[index], firstKey[index]};
        long[] fields = new long[FIELDS];
        System.arraycopy(firsts, 0, fields, FIELDS - firsts.length, firsts.length);
        if (index < tables.size()) {
            EmbeddingTable table = tables.get(index);
            long[] own = {table.elementOffset(), table.idOffset(), table.columnOffset(), table.dimension(), table.hotness(),
                table.pooling() == Pooling.MEAN ? table.hotness() : 1, hasVectors[index] ? 1 : 0, table.firstRow(), rows(table)};
            System.arraycopy(own, 0, fields, 0, own.length);
        }
        return fields;
    }

    /** Lanes that work on one row: enough for its vectors, a power of two, at most a warp. */
    int groupLanes() {
        int most = IntStream.range(0, tables.size()).map(this::vectors).max().orElse(1);
        return most >= WARP_LANES ? WARP_LANES : Integer.highestOneBit(2 * most - 1);
    }

    private int vectors(int index) {
        return hasVectors[index] ? tables.get(index).dimension() / VECTOR : tables.get(index).dimension();
    }

    int count() {
        return tables.size();
    }

    long pairs() {
        return firstPair[count()];
    }

    long chunks() {
        return firstChunk[count()];
    }

    long groups() {
        return firstGroup[count()];
    }

    /** The tables in parts that are sorted together. */
    List<SortedTogether> sorts() {
        int[] firsts = IntStream.range(0, count()).filter(index -> firstKey[index] == 0).toArray();
        return IntStream.range(0, firsts.length)
                .mapToObj(part -> sortedTogether(firsts[part], part + 1 < firsts.length ? firsts[part + 1] : count())).toList();
    }

    private SortedTogether sortedTogether(int first, int end) {
        long keys = firstKey[end - 1] + keys(tables.get(end - 1));
        return new SortedTogether((long) first * FIELDS * Long.BYTES, end - first, firstPair[first], Math.toIntExact(firstPair[end] - firstPair[first]), keys);
    }

    /**
     * Tables that are sorted together.
     *
     * @param byteOffset where they start in the array of tables
     * @param count how many
     * @param firstPair their first pair
     * @param pairs ids of a batch
     * @param keys rows that their ids name
     */
    record SortedTogether(long byteOffset, int count, long firstPair, int pairs, long keys) {
    }
}
