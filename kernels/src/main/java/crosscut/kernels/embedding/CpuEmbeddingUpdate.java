package crosscut.kernels.embedding;

import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.RowBuffer;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.VectorLoops;
import crosscut.kernels.device.WorkerPool;
import crosscut.kernels.optimizer.ParameterUpdate;
import crosscut.kernels.optimizer.UpdateRule;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Segment reduce and row-wise optimizer in two phases. First every chunk of sorted ids sums its runs: a run that lies inside the chunk updates its row at once,
 * a piece of a longer run leaves a partial sum. Then every run that crosses chunks adds its partial sums in chunk order and updates its row. What is added to
 * what follows from the sorted ids alone: those whose rows are elsewhere are passed over but keep their places.
 */
final class CpuEmbeddingUpdate implements Operation {

    private static final long CACHE_LINE = 64;

    /** Joining pieces is little work per chunk, so a task takes several. */
    private static final int JOINED_CHUNKS = 16;

    /** Gradients of one run lie far apart in memory; reading several rows together hides most of the wait for each. */
    private static final int ROWS_AT_ONCE = 4;

    private final WorkerPool pool;
    private final CpuIdGroups groups;
    private final EmbeddingTable[] tables;
    private final int[] tableOfChunk;
    private final RowBuffer gradient;
    private final ParameterUpdate parameters;
    private final MemorySegment sums;
    private final long sumStride;
    private final WorkerPool.Task sumRuns = this::sumRunsOfChunk;
    private final WorkerPool.Task joinPieces = this::joinPiecesOfChunks;

    CpuEmbeddingUpdate(WorkerPool pool, CpuIdGroups groups, Tensor gradient, TableSet tableSet, UpdateRule rule, Tensor step) {
        this.pool = pool;
        this.groups = groups;
        tables = tableSet.tables().toArray(EmbeddingTable[]::new);
        tableOfChunk = new int[groups.firstChunk(tables.length)];
        for (int chunk = 0, table = 0; chunk < tableOfChunk.length; chunk++) {
            while (chunk >= groups.firstChunk(table + 1)) {
                table++;
            }
            tableOfChunk[chunk] = table;
        }
        int width = tableSet.largestDimension();
        this.gradient = new RowBuffer(gradient, width, pool.threads() * ROWS_AT_ONCE);
        parameters = new ParameterUpdate(
                rule, segment(tableSet.weights()), segment(tableSet.firstMoments()), segment(tableSet.secondMoments()), step);
        sumStride = ((long) width * Float.BYTES / CACHE_LINE + 2) * CACHE_LINE;
        sums = Arena.ofAuto().allocate(sumStride * pool.threads(), CACHE_LINE);
    }

    private static MemorySegment segment(DeviceMemory memory) {
        return memory == null ? null : memory.hostSegment();
    }

    @Override
    public void launch(Stream stream) {
        if (parameters.readStep()) {
            pool.parallel(tableOfChunk.length, sumRuns);
            pool.parallel(Math.ceilDiv(tableOfChunk.length, JOINED_CHUNKS), joinPieces);
        }
    }

    private void sumRunsOfChunk(int chunk, int worker) {
        int tableIndex = tableOfChunk[chunk];
        EmbeddingTable table = tables[tableIndex];
        int first = (chunk - groups.firstChunk(tableIndex)) * CpuIdGroups.CHUNK_PAIRS;
        int end = Math.min(first + CpuIdGroups.CHUNK_PAIRS, groups.length(tableIndex));
        for (int start = first; start < end;) {
            int id = CpuIdGroups.id(groups.pair(tableIndex, start));
            int next = endOfRun(tableIndex, start, end, id);
            if (!table.holds(id)) {
                start = next;
                continue;
            }
            if (start == first && isId(tableIndex, first - 1, id)) {
                sum(table, tableIndex, start, next, groups.partialSums(), groups.continuedSum(chunk), worker);
            } else if (next == end && isId(tableIndex, end, id)) {
                sum(table, tableIndex, start, next, groups.partialSums(), groups.startedSum(chunk), worker);
            } else {
                sum(table, tableIndex, start, next, sums, worker * sumStride, worker);
                updateRow(table, id, sums, worker * sumStride);
            }
            start = next;
        }
    }

    private int endOfRun(int tableIndex, int start, int limit, int id) {
        int end = start + 1;
        while (end < limit && CpuIdGroups.id(groups.pair(tableIndex, end)) == id) {
            end++;
        }
        return end;
    }

    /** Whether the pair at {@code index} exists and has {@code id}. */
    private boolean isId(int tableIndex, int index, int id) {
        return index >= 0 && index < groups.length(tableIndex) && CpuIdGroups.id(groups.pair(tableIndex, index)) == id;
    }

    /** Adds the gradients of the pairs from {@code start} to {@code end} in their order. */
    private void sum(EmbeddingTable table, int tableIndex, int start, int end, MemorySegment target, long targetOffset, int worker) {
        int dimension = table.dimension();
        MemorySegment rows = gradient.segment();
        VectorLoops.copy(rows, gradientRow(table, groups.pair(tableIndex, start), worker, 0), target, targetOffset, dimension);
        int index = start + 1;
        for (; index <= end - ROWS_AT_ONCE; index += ROWS_AT_ONCE) {
            VectorLoops.addFour(rows,
                    gradientRow(table, groups.pair(tableIndex, index), worker, 0),
                    gradientRow(table, groups.pair(tableIndex, index + 1), worker, 1),
                    gradientRow(table, groups.pair(tableIndex, index + 2), worker, 2),
                    gradientRow(table, groups.pair(tableIndex, index + 3), worker, 3), target, targetOffset, dimension);
        }
        for (; index < end; index++) {
            VectorLoops.add(rows, gradientRow(table, groups.pair(tableIndex, index), worker, 0), target, targetOffset, dimension);
        }
    }

    /** Where the gradient of a pair can be read; {@code slot} keeps the rows apart that are needed at the same time. */
    private long gradientRow(EmbeddingTable table, long pair, int worker, int slot) {
        long sample = CpuIdGroups.position(pair) / table.hotness();
        return gradient.load(sample, table.columnOffset(), table.dimension(), worker * ROWS_AT_ONCE + slot);
    }

    private void updateRow(EmbeddingTable table, int id, MemorySegment sum, long sumOffset) {
        parameters.apply(table.rowByte(id), sum, sumOffset, table.dimension(), table.pooling() == Pooling.MEAN ? table.hotness() : 1);
    }

    private void joinPiecesOfChunks(int index, int worker) {
        int end = Math.min((index + 1) * JOINED_CHUNKS, tableOfChunk.length);
        for (int chunk = index * JOINED_CHUNKS; chunk < end; chunk++) {
            joinRunThatStartsIn(chunk);
        }
    }

    /** Completes the last run of a chunk, if it starts there and goes on in the next. */
    private void joinRunThatStartsIn(int chunk) {
        int tableIndex = tableOfChunk[chunk];
        EmbeddingTable table = tables[tableIndex];
        int first = (chunk - groups.firstChunk(tableIndex)) * CpuIdGroups.CHUNK_PAIRS;
        int end = first + CpuIdGroups.CHUNK_PAIRS;
        if (end >= groups.length(tableIndex)) {
            return;
        }
        int id = CpuIdGroups.id(groups.pair(tableIndex, end - 1));
        boolean startsBefore = isId(tableIndex, first - 1, id);
        if (startsBefore || !isId(tableIndex, end, id) || !table.holds(id)) {
            return;
        }
        long sum = groups.startedSum(chunk);
        int next = chunk;
        for (int boundary = end; isId(tableIndex, boundary, id); boundary += CpuIdGroups.CHUNK_PAIRS) {
            next++;
            VectorLoops.add(groups.partialSums(), groups.continuedSum(next), groups.partialSums(), sum, table.dimension());
        }
        updateRow(table, id, groups.partialSums(), sum);
    }
}
