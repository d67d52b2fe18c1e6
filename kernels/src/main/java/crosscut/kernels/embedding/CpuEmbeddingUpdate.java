package crosscut.kernels.embedding;

import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.VectorLoops;
import crosscut.kernels.device.WorkerPool;
import crosscut.kernels.optimizer.ParameterUpdate;
import crosscut.kernels.optimizer.UpdateRule;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Segment reduce and row-wise optimizer in two phases. First every chunk of sorted ids sums its runs: a run that lies inside the chunk updates its row at once,
 * a piece of a longer run leaves a partial sum. Then every run that crosses chunks adds its partial sums in chunk order and updates its row. What is added to
 * what follows from the sorted ids alone: those whose rows are elsewhere are passed over but keep their places.
 */
final class CpuEmbeddingUpdate implements Operation {

    private static final long CACHE_LINE = 64;

    /** Joining pieces is little work per chunk, so a task takes several. */
    private static final int JOINED_CHUNKS = 16;

    private final WorkerPool pool;
    private final CpuIdGroups groups;
    private final EmbeddingTable[] tables;
    private final int[] tableOfChunk;
    private final GradientRows gradient;
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
        this.gradient = new GradientRows(gradient, pool.threads());
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
        MemorySegment pairs = groups.pairs();
        long pairAt = groups.pairOffset(tableIndex);
        int first = (chunk - groups.firstChunk(tableIndex)) * CpuIdGroups.CHUNK_PAIRS;
        int end = Math.min(first + CpuIdGroups.CHUNK_PAIRS, groups.length(tableIndex));
        for (int start = first; start < end;) {
            long at = pairAt + (long) start * Long.BYTES;
            int id = CpuIdGroups.id(pairs.get(ValueLayout.JAVA_LONG, at));
            int count = lengthOfRun(pairs, at, end - start, id);
            if (!table.holds(id)) {
                start += count;
                continue;
            }
            if (start == first && isId(tableIndex, first - 1, id)) {
                gradient.sum(table, pairs, at, count, groups.partialSums(), groups.continuedSum(chunk), worker);
            } else if (start + count == end && isId(tableIndex, end, id)) {
                gradient.sum(table, pairs, at, count, groups.partialSums(), groups.startedSum(chunk), worker);
            } else {
                gradient.sum(table, pairs, at, count, sums, worker * sumStride, worker);
                updateRow(table, id, sums, worker * sumStride);
            }
            start += count;
        }
    }

    /** How many of at most {@code limit} pairs from byte {@code at} on have {@code id}; the first one does. */
    private static int lengthOfRun(MemorySegment pairs, long at, int limit, int id) {
        int length = 1;
        while (length < limit && CpuIdGroups.id(pairs.get(ValueLayout.JAVA_LONG, at + (long) length * Long.BYTES)) == id) {
            length++;
        }
        return length;
    }

    /** Whether the pair at {@code index} exists and has {@code id}. */
    private boolean isId(int tableIndex, int index, int id) {
        return index >= 0 && index < groups.length(tableIndex) && CpuIdGroups.id(groups.pair(tableIndex, index)) == id;
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
