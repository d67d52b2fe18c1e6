package crosscut.kernels.embedding;

import crosscut.kernels.device.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The decoded ids of a batch, table after table. */
final class TableIds {

    private final MemorySegment ids;
    private final long offset;

    /** @param ids (1, ids) INT32, in memory that the host reaches */
    TableIds(Tensor ids) {
        this.ids = ids.hostSegment();
        offset = ids.byteOffset();
    }

    /** A table's id at a position in (batch, hotness) order. */
    int id(EmbeddingTable table, long position) {
        return ids.get(ValueLayout.JAVA_INT, offset + (table.idOffset() + position) * Integer.BYTES);
    }
}
