package crosscut.kernels.embedding;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.PlannedMemory;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.CudaContext;
import java.util.ArrayList;
import java.util.List;

/** The ids of one batch in sorted order on a GPU: pairs of key and position as {@code embedding.cuh} says, and what sort and update need beside them. */
final class CudaIdGroups implements EmbeddingOperations.IdGroups {

    /** Sums of gradients are read in accesses of so many numbers. */
    private static final int WIDTH_MULTIPLE = 4;

    private static final int SUMS_PER_STRETCH = 2;

    private final TableSet tableSet;
    private final int batchSize;
    private final CudaTables tables;
    private final long width;
    private final DeviceMemory tableArray;
    private final DeviceMemory pairs;
    private final DeviceMemory spare;
    private final DeviceMemory digitCounts;
    private final DeviceMemory digitTotals;
    private final DeviceMemory chunkSums;
    private final DeviceMemory groupSums;
    private final DeviceMemory grouped;

    CudaIdGroups(CudaContext context, TableSet tableSet, int batchSize, boolean isDoubleBuffered) {
        EmbeddingChecks.idGroups(batchSize);
        this.tableSet = tableSet;
        this.batchSize = batchSize;
        tables = new CudaTables(tableSet.tables(), batchSize, List.of(), null);
        width = width(tableSet);
        tableArray = tables.upload(context, "tables of the sort of ids");
        List<DeviceMemory> memories = planned(tableSet, tables, isDoubleBuffered).stream()
                .map(planned -> context.allocate(planned.owner(), planned.byteSize())).toList();
        pairs = memories.get(0);
        spare = memories.get(1);
        digitCounts = memories.get(2);
        digitTotals = memories.get(3);
        chunkSums = memories.get(4);
        groupSums = memories.get(5);
        grouped = isDoubleBuffered ? memories.get(6) : pairs;
    }

    /** What is allocated, in the order of the fields. */
    static List<PlannedMemory> planned(TableSet tableSet, int batchSize, boolean isDoubleBuffered) {
        return planned(tableSet, new CudaTables(tableSet.tables(), batchSize, List.of(), null), isDoubleBuffered);
    }

    private static List<PlannedMemory> planned(TableSet tableSet, CudaTables tables, boolean isDoubleBuffered) {
        List<RadixPasses> sorts = tables.sorts().stream().map(RadixPasses::new).toList();
        long counts = sorts.stream().mapToLong(sort -> (long) sort.digits() * sort.tiles()).max().orElse(0);
        long totals = sorts.stream().mapToLong(RadixPasses::digits).max().orElse(0);
        long sums = SUMS_PER_STRETCH * width(tableSet);
        List<PlannedMemory> planned = new ArrayList<>(List.of(
                new PlannedMemory("sorted ids", bytes(tables.pairs(), Long.BYTES)),
                new PlannedMemory("scratch of the sort of ids", bytes(tables.pairs(), Long.BYTES)),
                new PlannedMemory("digit counts of the sort of ids", bytes(counts, Integer.BYTES)),
                new PlannedMemory("digit totals of the sort of ids", bytes(totals, Integer.BYTES)),
                new PlannedMemory("partial sums of embedding gradients", bytes(tables.chunks() * sums, Float.BYTES)),
                new PlannedMemory("sums of partial sums of embedding gradients", bytes(tables.groups() * sums, Float.BYTES))));
        if (isDoubleBuffered) {
            planned.add(new PlannedMemory("sorted ids of the next batch", bytes(tables.pairs(), Long.BYTES)));
        }
        return planned;
    }

    private static long width(TableSet tableSet) {
        return Math.ceilDiv((long) tableSet.largestDimension(), WIDTH_MULTIPLE) * WIDTH_MULTIPLE;
    }

    private static long bytes(long elements, int elementBytes) {
        return Math.max(1, elements) * elementBytes;
    }

    TableSet tableSet() {
        return tableSet;
    }

    int batchSize() {
        return batchSize;
    }

    CudaTables tables() {
        return tables;
    }

    /** The array of tables that the sort reads. */
    DeviceMemory tableArray() {
        return tableArray;
    }

    /** (pairs): the sorted pairs of all tables, as the ops after the sort read them. */
    DeviceMemory pairs() {
        return pairs;
    }

    /** As large as {@link #pairs}. */
    DeviceMemory spare() {
        return spare;
    }

    /** (digits, tiles) INT32. */
    DeviceMemory digitCounts() {
        return digitCounts;
    }

    /** (digits) INT32. */
    DeviceMemory digitTotals() {
        return digitTotals;
    }

    /** Floats of one partial sum. */
    long width() {
        return width;
    }

    /** (chunks, 2, width) FLOAT32. */
    DeviceMemory chunkSums() {
        return chunkSums;
    }

    /** (groups, 2, width) FLOAT32. */
    DeviceMemory groupSums() {
        return groupSums;
    }

    @Override
    public long ids() {
        return tables.pairs();
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
        List.of(tableArray, pairs, spare, digitCounts, digitTotals, chunkSums, groupSums, grouped).forEach(DeviceMemory::close);
    }
}
