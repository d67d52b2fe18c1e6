package crosscut.kernels.embedding;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Room for the rows of tables that one batch needs, each once, in the device's own memory.
 *
 * @param tables the copies as tables, with as many rows as a batch has ids; what {@link EmbeddingOperations#gather} reads by {@code places}
 * @param places (1, ids) INT32, table after table: which copy is the row of an id; one past the last where the row is in no table here
 */
public record RowStage(TableSet tables, Tensor places) implements AutoCloseable {

    /** Elements: every table of copies starts at a cache line. */
    private static final int ALIGNMENT = 16;

    /** Allocates the room for batches of {@code batchSize}. */
    public static RowStage allocate(Device device, TableSet tables, int batchSize) {
        List<EmbeddingTable> copies = copies(tables, batchSize);
        long elements = copies.stream().mapToLong(RowStage::alignedElements).sum();
        long ids = copies.stream().mapToLong(EmbeddingTable::rows).sum();
        DeviceMemory rows = device.allocate("staged rows of tables in host memory", elements * Float.BYTES);
        DeviceMemory places = device.allocate("places of staged rows", ids * Integer.BYTES);
        return new RowStage(new TableSet(copies, rows, null, null), places.tensor(0, DataType.INT32, 1, Math.toIntExact(ids)));
    }

    /** The tables of copies. */
    static List<EmbeddingTable> copies(TableSet tables, int batchSize) {
        List<EmbeddingTable> copies = new ArrayList<>();
        long elements = 0;
        long ids = 0;
        for (EmbeddingTable table : tables.tables()) {
            long rows = (long) batchSize * table.hotness();
            // One more than there are: the place of a row that is elsewhere.
            copies.add(new EmbeddingTable(
                    table.name(), rows + 1, 0, rows, table.dimension(), table.hotness(), table.pooling(), elements, ids, table.columnOffset()));
            elements += alignedElements(copies.getLast());
            ids += rows;
        }
        return List.copyOf(copies);
    }

    private static long alignedElements(EmbeddingTable table) {
        return Math.ceilDiv(table.elements(), (long) ALIGNMENT) * ALIGNMENT;
    }

    @Override
    public void close() {
        tables.weights().close();
        places.memory().close();
    }
}
