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
 * what follows from the sorted ids alone.
 */
final class CpuEmbeddingUpdate implements Operation {

    private static final long CACHE_LINE = 64;

    /** Joining pieces is little work per chunk, so a task takes several. */
    private static final int JOINED_CHUNKS = 16;

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
        this.gradient = new RowBuffer(gradient, width, pool.threads());
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
        parameters.readStep();
        pool.parallel(tableOfChunk.length, sumRuns);
        pool.parallel(Math.ceilDiv(tableOfChunk.length, JOINED_CHUNKS), joinPieces);
    }

    private void sumRunsOfChunk(int chunk, int worker) {
        int table = tableOfChunk[chunk];
        int first = (chunk - groups.firstChunk(table)) * CpuIdGroups.CHUNK_PAIRS;
        int end = Math.min(first + CpuIdGroups.CHUNK_PAIRS, groups.length(table));
        for (int start = first; start < end;) {
            int id = CpuIdGroups.id(groups.pair(table, start));
            int next = start + 1;
            while (next < end && CpuIdGroups.id(groups.pair(table, next)) == id) {
                next++;
            }
            boolean continued = start == first && isId(table, first - 1, id);
            boolean goesOn = next == end && isId(table, end, id);
            if (continued) {
                sum(table, start, next, groups.partialSums(), groups.continuedSum(chunk), worker);
            } else if (goesOn) {
                sum(table, start, next, groups.partialSums(), groups.startedSum(chunk), worker);
            } else {
                sum(table, start, next, sums, worker * sumStride, worker);
                updateRow(table, id, sums, worker * sumStride);
            }
            start = next;
        }
    }

    /** Whether the pair at {@code index} exists and has {@code id}. */
    private boolean isId(int table, int index, int id) {
        return index >= 0 && index < groups.length(table) && CpuIdGroups.id(groups.pair(table, index)) == id;
    }

    private void sum(int table, int start, int end, MemorySegment target, long targetOffset, int worker) {
        EmbeddingTable columns = tables[table];
        int dimension = columns.dimension();
        VectorLoops.copy(gradient.segment(), gradientRow(columns, groups.pair(table, start), worker), target, targetOffset, dimension);
        for (int index = start + 1; index < end; index++) {
            VectorLoops.add(gradient.segment(), gradientRow(columns, groups.pair(table, index), worker), target, targetOffset, dimension);
        }
    }

    private long gradientRow(EmbeddingTable table, long pair, int worker) {
        return gradient.load(CpuIdGroups.position(pair) / table.hotness(), table.columnOffset(), table.dimension(), worker);
    }

    private void updateRow(int table, int id, MemorySegment sum, long sumOffset) {
        EmbeddingTable columns = tables[table];
        long row = (columns.elementOffset() + (long) id * columns.dimension()) * Float.BYTES;
        parameters.apply(row, sum, sumOffset, columns.dimension(), columns.pooling() == Pooling.MEAN ? columns.hotness() : 1);
    }

    private void joinPiecesOfChunks(int index, int worker) {
        int end = Math.min((index + 1) * JOINED_CHUNKS, tableOfChunk.length);
        for (int chunk = index * JOINED_CHUNKS; chunk < end; chunk++) {
            joinRunThatStartsIn(chunk);
        }
    }

    /** The last run of a chunk, if it starts there and goes on in the next. */
    private void joinRunThatStartsIn(int chunk) {
        int table = tableOfChunk[chunk];
        int first = (chunk - groups.firstChunk(table)) * CpuIdGroups.CHUNK_PAIRS;
        int end = first + CpuIdGroups.CHUNK_PAIRS;
        if (end >= groups.length(table)) {
            return;
        }
        int id = CpuIdGroups.id(groups.pair(table, end - 1));
        boolean startsBefore = isId(table, first - 1, id);
        if (startsBefore || !isId(table, end, id)) {
            return;
        }
        long sum = groups.startedSum(chunk);
        int next = chunk;
        for (int boundary = end; isId(table, boundary, id); boundary += CpuIdGroups.CHUNK_PAIRS) {
            next++;
            VectorLoops.add(groups.partialSums(), groups.continuedSum(next), groups.partialSums(), sum, tables[table].dimension());
        }
        updateRow(table, id, groups.partialSums(), sum);
    }
}
