package crosscut.engine.model;

import crosscut.engine.config.ModelConfig;
import crosscut.engine.model.LocalEmbeddingLayer.Lookup;
import crosscut.engine.parallel.TablePlacement;
import crosscut.engine.parallel.TableShard;
import crosscut.engine.parallel.World;
import crosscut.kernels.collective.Collectives;
import crosscut.kernels.device.Branch;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Tables, and slices of tables by columns or by rows, spread over ranks. Each rank wants the vectors of its samples; each owner has tables and works on the
 * whole global batch:
 *
 * <pre>
 * ids of all samples for my tables ({@link OwnedIds})                       -> grouped by row
 * x0 of my samples      <--all-to-all--  vectors of all samples, gathered from my tables
 * dL/dx0 of my samples  --all-to-all-->  gradients of all samples           -> update of my tables
 * </pre>
 *
 * The owner's work is that of a {@link LocalEmbeddingLayer} on a batch of all samples, so a table learns what it would learn on a single rank. A table of which
 * every rank has some rows has all ranks for owners: each of them gets all ids and all gradients and returns what its rows add to the vectors, and these parts
 * are summed in the order of ranks.
 */
final class ExchangedEmbeddingLayer implements EmbeddingLayer {

    private static final String OWNED_VECTORS = "vectors of owned tables";
    private static final String VECTORS_OF_RANK = "vectors of the tables of rank ";

    private final ModelConfig model;
    private final World world;
    private final TablePlacement placement;
    private final int share;
    private final TensorPlan.Tensors memory;
    private final LocalEmbeddingLayer owned;
    private final OwnedIds ids;
    private final Branch sendVectors;
    private final Operation vectorsIntoX0;
    private final Operation gradientsFromX0;
    private final Branch sendGradients;

    /**
     * Binds the exchange.
     *
     * @param exchanges takes what is brought to and from other ranks
     * @param layout of {@code decodedIds}
     * @param decodedIds what this rank reads, (1, {@link IdLayout#count()}) INT32
     * @param x0 of this rank's samples, (share of the batch, interaction width)
     * @param learning null for inference
     */
    ExchangedEmbeddingLayer(
            Device device, EmbeddingTables tables, Exchanges exchanges, IdLayout layout, StagedTensor decodedIds, Tensor x0, Learning learning) {
        this.model = layout.model();
        this.world = tables.world();
        this.placement = tables.placement();
        this.share = layout.share();
        this.memory = plan(x0.type()).allocate(device);
        this.ids = OwnedIds.bind(device, tables, layout, decodedIds, learning);
        this.owned = exchangedOf(world.rank()).isEmpty() ? null : bindOwned(device, tables, learning);
        Collectives collectives = world.collectives();
        this.sendVectors = exchanges.branch(collectives.allToAll(ownedVectorsBySample(), vectorsByOwner()));
        Map<Columns, List<Tensor>> parts = vectorsByColumns();
        this.vectorsIntoX0 = vectorsIntoX0(device, parts, x0);
        this.gradientsFromX0 = learning == null ? null : gradientsFromX0(device, parts, learning.x0Gradient());
        this.sendGradients = learning == null ? null : exchanges.branch(collectives.allToAll(vectorsByOwner(), ownedVectorsBySample()));
    }

    private TensorPlan plan(DataType type) {
        TensorPlan plan = new TensorPlan("embedding exchange");
        plan.add(OWNED_VECTORS, type, globalBatch(), width(exchangedOf(world.rank())));
        for (int rank = 0; rank < world.size(); rank++) {
            plan.add(VECTORS_OF_RANK + rank, type, share, width(exchangedOf(rank)));
        }
        return plan;
    }

    private List<TableShard> exchangedOf(int rank) {
        return placement.exchangedOf(rank);
    }

    private static int width(List<TableShard> shards) {
        return shards.stream().mapToInt(TableShard::columns).sum();
    }

    private int globalBatch() {
        return Math.multiplyExact(share, world.size());
    }

    /** Gradients come back into the memory that the vectors left. */
    private LocalEmbeddingLayer bindOwned(Device device, EmbeddingTables tables, Learning learning) {
        List<EmbeddingTables.Use> uses = new ArrayList<>();
        int column = 0;
        for (int shard = 0; shard < tables.count(); shard++) {
            if (!tables.shard(shard).replicated()) {
                uses.add(new EmbeddingTables.Use(shard, ids.offset(tables.shard(shard).table()), column));
                column += tables.shard(shard).columns();
            }
        }
        Lookup owned = new Lookup(tables.tableSets(uses), ids.ids(), memory.get(OWNED_VECTORS));
        return learning == null ? LocalEmbeddingLayer.forInference(device, owned)
                : LocalEmbeddingLayer.forTraining(device, owned, owned, learning.rule(), learning.stepValues());
    }

    /** For every rank the rows of its samples in the vectors of the owned tables. */
    private List<List<Tensor>> ownedVectorsBySample() {
        Tensor vectors = memory.get(OWNED_VECTORS);
        return IntStream.range(0, world.size()).mapToObj(rank -> List.of(vectors.rowRange((long) rank * share, share))).toList();
    }

    /** For every owner the vectors of this rank's samples in its tables. */
    private List<List<Tensor>> vectorsByOwner() {
        return IntStream.range(0, world.size()).mapToObj(owner -> List.of(memory.get(VECTORS_OF_RANK + owner))).toList();
    }

    /** Columns of x0. */
    private record Columns(int first, int count) {

        Tensor of(Tensor x0) {
            return x0.columnRange(first, count);
        }
    }

    /** What the owners send, by where it goes: one tensor, or one of every owner of rows in the order of ranks. */
    private Map<Columns, List<Tensor>> vectorsByColumns() {
        Map<Columns, List<Tensor>> parts = new LinkedHashMap<>();
        for (int owner = 0; owner < world.size(); owner++) {
            int column = 0;
            for (TableShard shard : exchangedOf(owner)) {
                Columns place = new Columns(model.columnOffset(shard.table()) + shard.firstColumn(), shard.columns());
                parts.computeIfAbsent(place, _ -> new ArrayList<>()).add(memory.get(VECTORS_OF_RANK + owner).columnRange(column, shard.columns()));
                column += shard.columns();
            }
        }
        return parts;
    }

    private static Operation vectorsIntoX0(Device device, Map<Columns, List<Tensor>> parts, Tensor x0) {
        List<Operation> steps = new ArrayList<>();
        parts.forEach((place, vectors) -> steps.add(vectors.size() == 1 ? device.cross().copy(vectors.getFirst(), place.of(x0))
                : device.cross().sum(vectors, place.of(x0))));
        return new OperationSequence(steps);
    }

    private static Operation gradientsFromX0(Device device, Map<Columns, List<Tensor>> parts, Tensor x0Gradient) {
        List<Operation> steps = new ArrayList<>();
        parts.forEach((place, gradients) -> gradients.forEach(gradient -> steps.add(device.cross().copy(place.of(x0Gradient), gradient))));
        return new OperationSequence(steps);
    }

    @Override
    public void prepareIds(Stream stream) {
        ids.distributePrepared(stream);
        if (owned != null) {
            owned.prepareIds(stream);
        }
    }

    @Override
    public List<StagedTensor> staged() {
        return owned == null ? List.of() : owned.staged();
    }

    @Override
    public void lookUpPrepared(Stream stream) {
        if (owned != null) {
            owned.lookUpPrepared(stream);
        }
        sendVectors.fork().launch(stream);
    }

    @Override
    public void lookUpDecoded(Stream stream) {
        ids.distribute(stream);
        if (owned != null) {
            owned.lookUpDecoded(stream);
        }
        sendVectors.fork().launch(stream);
    }

    @Override
    public void completeVectors(Stream stream) {
        sendVectors.join().launch(stream);
        vectorsIntoX0.launch(stream);
    }

    @Override
    public void sendGradients(Stream stream) {
        gradientsFromX0.launch(stream);
        sendGradients.fork().launch(stream);
    }

    @Override
    public void awaitGradients(Stream stream) {
        sendGradients.join().launch(stream);
    }

    @Override
    public void update(Stream stream) {
        if (owned != null) {
            owned.update(stream);
        }
    }

    @Override
    public void close() {
        if (owned != null) {
            owned.close();
        }
        ids.close();
        memory.close();
    }
}
