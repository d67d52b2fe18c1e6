package crosscut.engine.cost;

import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.batch.RawBatchLayout.CategoricalColumn;
import crosscut.kernels.device.DataType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The distinct rows of one batch, counted. For an owner of tables that gets the ids of several such batches from other ranks it is the fewest that can be; a
 * table whose column is not read has none.
 *
 * @param counts by name of the table
 */
public record CountedRows(Map<String, Integer> counts) implements DistinctRows {

    public CountedRows {
        counts = Map.copyOf(counts);
    }

    /** Counts the ids of all samples of {@code batch}. */
    public static CountedRows of(RawBatch batch) {
        Map<String, Integer> counts = new HashMap<>();
        List<CategoricalColumn> columns = batch.layout().categorical();
        for (int table = 0; table < columns.size(); table++) {
            counts.put(columns.get(table).name(), distinct(batch.categorical(table), columns.get(table), batch.rows(batch.extent(table))));
        }
        return new CountedRows(counts);
    }

    private static int distinct(MemorySegment ids, CategoricalColumn column, int samples) {
        BitSet seen = new BitSet();
        for (long position = 0; position < (long) samples * column.hotness(); position++) {
            seen.set(id(ids, column.type(), position));
        }
        return seen.cardinality();
    }

    private static int id(MemorySegment ids, DataType type, long position) {
        return switch (type) {
            case INT8 -> ids.get(ValueLayout.JAVA_BYTE, position) & 0xff;
            case INT16 -> ids.getAtIndex(ValueLayout.JAVA_SHORT, position) & 0xffff;
            case INT32 -> ids.getAtIndex(ValueLayout.JAVA_INT, position);
            default -> throw new IllegalArgumentException("ids of type " + type);
        };
    }

    @Override
    public double count(String table, long rows, long ids) {
        return Math.min(MOST.count(table, rows, ids), counts.get(table));
    }
}
