package crosscut.engine.model;

import crosscut.engine.parallel.TableShard;
import crosscut.engine.parallel.World;
import crosscut.kernels.collective.Collectives;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The ids of all samples for the tables of which this rank has what others do not: as they were decoded where it reads them itself (model-parallel input), or
 * from all ranks, each of which has read those of its own samples (data-parallel input).
 */
final class OwnedIds implements AutoCloseable {

    private static final Operation NOTHING = _ -> {};
    private static final String RECEIVED = "ids";
    private static final String RECEIVED_AHEAD = "ids of the next batch";

    private final StagedTensor ids;
    private final Map<Integer, Integer> offsets;
    private final Operation distribute;
    private final Operation distributePrepared;
    private final TensorPlan.Tensors memory;

    private OwnedIds(StagedTensor ids, Map<Integer, Integer> offsets, Operation distribute, Operation distributePrepared, TensorPlan.Tensors memory) {
        this.ids = ids;
        this.offsets = offsets;
        this.distribute = distribute;
        this.distributePrepared = distributePrepared;
        this.memory = memory;
    }

    /**
     * Binds what brings them here.
     *
     * @param layout of {@code decoded}
     * @param decoded (1, {@link IdLayout#count()}) INT32
     * @param learning null for inference
     */
    static OwnedIds bind(Device device, EmbeddingTables tables, IdLayout layout, StagedTensor decoded, EmbeddingLayer.Learning learning) {
        return layout.input().isDataParallel() ? received(device, tables, layout, decoded, learning) : asDecoded(tables, layout, decoded);
    }

    private static OwnedIds asDecoded(EmbeddingTables tables, IdLayout layout, StagedTensor decoded) {
        Map<Integer, Integer> offsets = new HashMap<>();
        ownedBy(tables.world().rank(), tables).forEach(shard -> offsets.put(shard.table(), layout.offset(shard.table())));
        return new OwnedIds(decoded, offsets, NOTHING, NOTHING, null);
    }

    private static OwnedIds received(Device device, EmbeddingTables tables, IdLayout layout, StagedTensor decoded, EmbeddingLayer.Learning learning) {
        World world = tables.world();
        Map<Integer, Integer> offsets = new HashMap<>();
        int count = 0;
        for (TableShard shard : ownedBy(world.rank(), tables)) {
            offsets.put(shard.table(), count);
            count = Math.addExact(count, world.size() * layout.count(shard.table()));
        }
        TensorPlan plan = new TensorPlan("ids of owned tables");
        plan.add(RECEIVED, DataType.INT32, 1, count);
        if (decoded.isStaged()) {
            plan.add(RECEIVED_AHEAD, DataType.INT32, 1, count);
        }
        TensorPlan.Tensors memory = plan.allocate(device);
        StagedTensor received = decoded.isStaged() ? new StagedTensor(memory.get(RECEIVED_AHEAD), memory.get(RECEIVED))
                : StagedTensor.inPlace(memory.get(RECEIVED));
        Operation exchange = exchange(world.collectives(), tables, layout, decoded.taken(), offsets, received.taken());
        Operation ahead = decoded.isStaged() ? exchange(learning.preparing(), tables, layout, decoded.prepared(), offsets, received.prepared()) : exchange;
        return new OwnedIds(received, offsets, exchange, ahead, memory);
    }

    /** @param offsets where the ids of each owned table start in {@code received} */
    private static Operation exchange(
            Collectives collectives, EmbeddingTables tables, IdLayout layout, Tensor decoded, Map<Integer, Integer> offsets, Tensor received) {
        List<List<Tensor>> send = new ArrayList<>();
        List<List<Tensor>> receive = new ArrayList<>();
        for (int rank = 0; rank < collectives.size(); rank++) {
            send.add(ownedBy(rank, tables).stream().map(shard -> layout.of(shard.table(), decoded)).toList());
            List<Tensor> parts = new ArrayList<>();
            for (TableShard shard : ownedBy(collectives.rank(), tables)) {
                int count = layout.count(shard.table());
                parts.add(received.columnRange(offsets.get(shard.table()) + rank * count, count));
            }
            receive.add(parts);
        }
        return collectives.allToAll(send, receive);
    }

    private static List<TableShard> ownedBy(int rank, EmbeddingTables tables) {
        return tables.placement().exchangedOf(rank);
    }

    /** (1, ids) INT32: for each table those of all samples, in the order of ranks. */
    StagedTensor ids() {
        return ids;
    }

    /** Where the ids of a table start. */
    int offset(int table) {
        return offsets.get(table);
    }

    /** Evaluation: brings them here from where they were decoded. */
    void distribute(Stream stream) {
        distribute.launch(stream);
    }

    /** Training: the same with those of a batch that is prepared. */
    void distributePrepared(Stream stream) {
        distributePrepared.launch(stream);
    }

    @Override
    public void close() {
        if (memory != null) {
            memory.close();
        }
    }
}
