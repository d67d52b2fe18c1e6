package crosscut.kernels.embedding;

import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.cuda.CudaContext;
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

    CudaIdGroups(CudaContext context, TableSet tableSet, int batchSize) {
        EmbeddingChecks.idGroups(batchSize);
        this.tableSet = tableSet;
        this.batchSize = batchSize;
        tables = new CudaTables(tableSet.tables(), batchSize, List.of(), null);
        width = Math.ceilDiv((long) tableSet.largestDimension(), WIDTH_MULTIPLE) * WIDTH_MULTIPLE;
        tableArray = tables.upload(context, "tables of the sort of ids");
        pairs = context.allocate("sorted ids", bytes(tables.pairs(), Long.BYTES));
        spare = context.allocate("scratch of the sort of ids", bytes(tables.pairs(), Long.BYTES));
        List<RadixPasses> sorts = tables.sorts().stream().map(RadixPasses::new).toList();
        digitCounts = context.allocate("digit counts of the sort of ids",
                bytes(sorts.stream().mapToLong(sort -> (long) sort.digits() * sort.tiles()).max().orElse(0), Integer.BYTES));
        digitTotals = context.allocate("digit totals of the sort of ids", bytes(sorts.stream().mapToLong(RadixPasses::digits).max().orElse(0), Integer.BYTES));
        chunkSums = context.allocate("partial sums of embedding gradients", bytes(tables.chunks() * SUMS_PER_STRETCH * width, Float.BYTES));
        groupSums = context.allocate("sums of partial sums of embedding gradients", bytes(tables.groups() * SUMS_PER_STRETCH * width, Float.BYTES));
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

    /** (pairs): the sorted pairs of all tables. */
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
    public void close() {
        List.of(tableArray, pairs, spare, digitCounts, digitTotals, chunkSums, groupSums).forEach(DeviceMemory::close);
    }
}
