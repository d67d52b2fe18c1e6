package crosscut.kernels.embedding;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The staging of rows, one table per task: the sorted pairs of a row follow each other, and the first of them has it copied. */
final class CpuRowStage implements Operation, WorkerPool.Task {

    private final WorkerPool pool;
    private final CpuIdGroups groups;
    private final EmbeddingTable[] tables;
    private final EmbeddingTable[] copies;
    private final MemorySegment weights;
    private final MemorySegment staged;
    private final MemorySegment places;

    CpuRowStage(WorkerPool pool, CpuIdGroups groups, TableSet tableSet, RowStage stage) {
        this.pool = pool;
        this.groups = groups;
        this.tables = tableSet.tables().toArray(EmbeddingTable[]::new);
        this.copies = stage.tables().tables().toArray(EmbeddingTable[]::new);
        this.weights = tableSet.weights().hostSegment();
        this.staged = stage.tables().weights().hostSegment();
        this.places = stage.places().hostSegment();
    }

    @Override
    public void launch(Stream stream) {
        pool.parallel(tables.length, this);
    }

    @Override
    public void run(int index, int worker) {
        EmbeddingTable table = tables[index];
        EmbeddingTable copy = copies[index];
        long rowBytes = (long) table.dimension() * Float.BYTES;
        int start = 0;
        for (int number = 0; number < groups.length(index); number++) {
            long pair = groups.pair(index, number);
            int id = CpuIdGroups.id(pair);
            boolean isHere = table.holds(id);
            if (number == 0 || id != CpuIdGroups.id(groups.pair(index, number - 1))) {
                start = number;
                if (isHere) {
                    MemorySegment.copy(weights, table.rowByte(id), staged, copy.rowByte(number), rowBytes);
                }
            }
            places.setAtIndex(ValueLayout.JAVA_INT, copy.idOffset() + CpuIdGroups.position(pair), isHere ? start : Math.toIntExact(copy.rows()));
        }
    }
}
