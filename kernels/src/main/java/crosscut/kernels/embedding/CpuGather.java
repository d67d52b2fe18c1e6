package crosscut.kernels.embedding;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.RowBuffer;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.VectorLoops;
import crosscut.kernels.device.WorkerPool;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/** Gather, one block of samples at a time. Within a block it goes table by table: the hot rows of one table then stay in the nearest cache. */
final class CpuGather implements Operation, WorkerPool.Task {

    private static final int BLOCK_SAMPLES = 64;

    /** Changes no number that is added to it, not even another -0. */
    private static final float NOTHING = -0.0f;

    private final WorkerPool pool;
    private final EmbeddingTable[] tables;
    private final MemorySegment weights;
    private final MemorySegment nothing;
    private final TableIds ids;
    private final RowBuffer output;
    private final RowCopies copies;
    private final long batchSize;

    CpuGather(WorkerPool pool, TableSet tableSet, Tensor ids, Tensor output) {
        this.pool = pool;
        this.tables = tableSet.tables().toArray(EmbeddingTable[]::new);
        this.weights = tableSet.weights().hostSegment();
        this.nothing = Arena.ofAuto().allocateFrom(ValueLayout.JAVA_FLOAT, floats(tableSet.largestDimension(), NOTHING));
        this.ids = tables.length == 0 ? null : new TableIds(ids);
        this.output = new RowBuffer(output, tableSet.largestDimension(), pool.threads());
        copies = tables.length == 0 ? null : new RowCopies(tableSet, this.ids, output, this.output, nothing);
        this.batchSize = output.rows();
    }

    private static float[] floats(int count, float value) {
        float[] floats = new float[count];
        Arrays.fill(floats, value);
        return floats;
    }

    @Override
    public void launch(Stream stream) {
        pool.parallel(tables.length == 0 ? 0 : Math.toIntExact(Math.ceilDiv(batchSize, (long) BLOCK_SAMPLES)), this);
    }

    @Override
    public void run(int index, int worker) {
        long first = (long) index * BLOCK_SAMPLES;
        long end = Math.min(first + BLOCK_SAMPLES, batchSize);
        for (EmbeddingTable table : tables) {
            if (table.hotness() == 1) {
                copies.copy(table, first, (int) (end - first));
            } else {
                poolRows(table, first, end, worker);
            }
        }
    }

    private void poolRows(EmbeddingTable table, long first, long end, int worker) {
        int dimension = table.dimension();
        int hotness = table.hotness();
        for (long sample = first; sample < end; sample++) {
            long target = output.target(sample, table.columnOffset(), worker);
            int firstId = ids.id(table, sample * hotness);
            boolean isHere = table.holds(firstId);
            VectorLoops.copy(isHere ? weights : nothing, isHere ? table.rowByte(firstId) : 0, output.segment(), target, dimension);
            for (int hot = 1; hot < hotness; hot++) {
                int id = ids.id(table, sample * hotness + hot);
                if (table.holds(id)) {
                    VectorLoops.add(weights, table.rowByte(id), output.segment(), target, dimension);
                }
            }
            if (table.pooling() == Pooling.MEAN) {
                VectorLoops.divide(output.segment(), target, hotness, dimension);
            }
            output.store(sample, table.columnOffset(), dimension, worker);
        }
    }
}
