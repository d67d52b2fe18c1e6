package crosscut.kernels.batch;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.stream.IntStream;

/** Batches as one rank of several reads them, every column with any extent. */
final class SharedBatches {

    private static final ColumnExtent[] EXTENTS = ColumnExtent.values();

    private SharedBatches() {
    }

    /** The columns of one of so many ranks. */
    static RawBatchLayout layout(RawBatchLayout whole, int ranks, Random random) {
        return whole.withExtents(IntStream.range(0, whole.categorical().size()).mapToObj(_ -> EXTENTS[random.nextInt(EXTENTS.length)]).toList(),
                ranks * whole.batchSize());
    }

    /** Any number of valid samples, of this rank's and of all. */
    static void describe(RawBatch batch, Random random) {
        batch.describe(ColumnExtent.SHARE, random.nextInt(batch.layout().batchSize() + 1), 5);
        batch.describe(ColumnExtent.GLOBAL, random.nextInt(batch.layout().globalBatch() + 1), 3);
    }

    /** Ids of their tables in all columns. */
    static void fillIds(RawBatch batch, Random random) {
        RawBatchLayout layout = batch.layout();
        for (int table = 0; table < layout.categorical().size(); table++) {
            RawBatchLayout.CategoricalColumn column = layout.categorical().get(table);
            fillIds(column, batch.categorical(table), layout.samples(column.extent()) * column.hotness(), random);
        }
    }

    private static void fillIds(RawBatchLayout.CategoricalColumn column, MemorySegment ids, int count, Random random) {
        for (int position = 0; position < count; position++) {
            int id = random.nextInt((int) column.cardinality());
            switch (column.type()) {
                case INT8 -> ids.set(ValueLayout.JAVA_BYTE, position, (byte) id);
                case INT16 -> ids.setAtIndex(ValueLayout.JAVA_SHORT, position, (short) id);
                default -> ids.setAtIndex(ValueLayout.JAVA_INT, position, id);
            }
        }
    }
}
