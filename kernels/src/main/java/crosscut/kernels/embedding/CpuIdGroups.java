package crosscut.kernels.embedding;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.PlannedMemory;
import crosscut.kernels.device.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * The ids of one batch in sorted order, as 64-bit pairs: id in the upper half, position in (batch, hotness) order in the lower. The sorted pairs of a table
 * are cut into chunks of a fixed length; a run of equal ids that crosses chunks is summed piece by piece, and each chunk has room for two such pieces: one that
 * goes on from the chunk before, one that goes on in the chunk after.
 */
final class CpuIdGroups implements EmbeddingOperations.IdGroups {

    /** Pairs in a chunk: long enough to make a task worth claiming, short enough to spread one row's gradients over all threads. */
    static final int CHUNK_PAIRS = 512;

    private static final int PIECES_PER_CHUNK = 2;

    private final TableSet tables;
    private final int batchSize;
    private final long[] firstPair;
    private final int[] firstChunk;
    private final DeviceMemory pairs;
    private final DeviceMemory spare;
    private final DeviceMemory partialSums;
    private final DeviceMemory grouped;
    private final int partialWidth;

    CpuIdGroups(Device device, TableSet tables, int batchSize, boolean isDoubleBuffered) {
        EmbeddingChecks.idGroups(batchSize);
        this.tables = tables;
        this.batchSize = batchSize;
        int count = tables.tables().size();
        firstPair = new long[count + 1];
        firstChunk = new int[count + 1];
        for (int table = 0; table < count; table++) {
            int length = Math.multiplyExact(batchSize, tables.tables().get(table).hotness());
            firstPair[table + 1] = firstPair[table] + length;
            firstChunk[table + 1] = firstChunk[table] + Math.ceilDiv(length, CHUNK_PAIRS);
        }
        partialWidth = tables.largestDimension();
        List<DeviceMemory> memories = planned(firstPair[count], firstChunk[count], partialWidth, isDoubleBuffered).stream()
                .map(planned -> device.allocate(planned.owner(), planned.byteSize())).toList();
        pairs = memories.get(0);
        spare = memories.get(1);
        partialSums = memories.get(2);
        grouped = isDoubleBuffered ? memories.get(3) : pairs;
    }

    /** What is allocated, in the order of the fields. */
    static List<PlannedMemory> planned(TableSet tables, int batchSize, boolean isDoubleBuffered) {
        List<Long> lengths = tables.tables().stream().map(table -> (long) batchSize * table.hotness()).toList();
        long chunks = lengths.stream().mapToLong(length -> Math.ceilDiv(length, (long) CHUNK_PAIRS)).sum();
        return planned(lengths.stream().mapToLong(Long::longValue).sum(), chunks, tables.largestDimension(), isDoubleBuffered);
    }

    private static List<PlannedMemory> planned(long pairs, long chunks, int width, boolean isDoubleBuffered) {
        List<PlannedMemory> planned = new ArrayList<>(List.of(
                new PlannedMemory("sorted ids", pairs * Long.BYTES),
                new PlannedMemory("scratch of the sort of ids", pairs * Long.BYTES),
                new PlannedMemory("partial sums of embedding gradients", chunks * PIECES_PER_CHUNK * width * Float.BYTES)));
        if (isDoubleBuffered) {
            planned.add(new PlannedMemory("sorted ids of the next batch", pairs * Long.BYTES));
        }
        return planned;
    }

    TableSet tables() {
        return tables;
    }

    int batchSize() {
        return batchSize;
    }

    /** Ids of {@code table} in a batch. */
    int length(int table) {
        return (int) (firstPair[table + 1] - firstPair[table]);
    }

    /** Where the pairs of {@code table} start in {@link #target}, {@link #spare} and {@link #pairs}, in bytes. */
    long pairOffset(int table) {
        return firstPair[table] * Long.BYTES;
    }

    /** Where the sort leaves the pairs of all tables. */
    MemorySegment target() {
        return grouped.hostSegment();
    }

    /** As large as {@link #target}, for the sort. */
    MemorySegment spare() {
        return spare.hostSegment();
    }

    /** Number of the first chunk of {@code table}; the number of tables asks for the number of chunks. */
    int firstChunk(int table) {
        return firstChunk[table];
    }

    long pair(int table, int index) {
        return pairs().get(ValueLayout.JAVA_LONG, (firstPair[table] + index) * Long.BYTES);
    }

    /** Where the pairs that are read lie. */
    MemorySegment pairs() {
        return pairs.hostSegment();
    }

    static long pairOf(int id, int position) {
        return (long) id << Integer.SIZE | position;
    }

    static int id(long pair) {
        return (int) (pair >>> Integer.SIZE);
    }

    static int position(long pair) {
        return (int) pair;
    }

    /** Sums of pieces of runs that cross chunks, fp32. */
    MemorySegment partialSums() {
        return partialSums.hostSegment();
    }

    /** Where the sum of the piece lies that goes on from the chunk before. */
    long continuedSum(int chunk) {
        return (long) chunk * PIECES_PER_CHUNK * partialWidth * Float.BYTES;
    }

    /** Where the sum of the piece lies that starts in {@code chunk} and goes on in the next. */
    long startedSum(int chunk) {
        return continuedSum(chunk) + (long) partialWidth * Float.BYTES;
    }

    @Override
    public long ids() {
        return firstPair[firstPair.length - 1];
    }

    @Override
    public Tensor grouped() {
        return tensor(grouped);
    }

    @Override
    public Tensor current() {
        return tensor(pairs);
    }

    private Tensor tensor(DeviceMemory memory) {
        return memory.tensor(0, DataType.INT64, 1, Math.toIntExact(ids()));
    }

    @Override
    public void close() {
        grouped.close();
        pairs.close();
        spare.close();
        partialSums.close();
    }
}
