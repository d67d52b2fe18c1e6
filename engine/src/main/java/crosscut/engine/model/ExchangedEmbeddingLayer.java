package crosscut.engine.model;

import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.TableConfig;
import crosscut.engine.parallel.TablePlacement;
import crosscut.engine.parallel.World;
import crosscut.kernels.collective.Collectives;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.optimizer.UpdateRule;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Tables spread over ranks. Each rank has its samples' ids and wants their vectors; each owner has tables and works on the whole global batch:
 *
 * <pre>
 * ids of my samples     --all-to-all-->  ids of all samples for my tables   -> grouped by row
 * x0 of my samples      <--all-to-all--  vectors of all samples, gathered from my tables
 * dL/dx0 of my samples  --all-to-all-->  gradients of all samples           -> update of my tables
 * </pre>
 *
 * The owner's work is that of a {@link LocalEmbeddingLayer} on a batch of all samples, so a table learns what it would learn on a single rank.
 */
final class ExchangedEmbeddingLayer implements EmbeddingLayer {

    private static final String OWNED_IDS = "ids of owned tables";
    private static final String OWNED_VECTORS = "vectors of owned tables";
    private static final String VECTORS_OF_RANK = "vectors of the tables of rank ";

    private final ModelConfig model;
    private final World world;
    private final TablePlacement placement;
    private final int share;
    private final TensorPlan.Tensors memory;
    private final LocalEmbeddingLayer owned;
    private final Operation sendIds;
    private final Operation sendVectors;
    private final Operation vectorsIntoX0;
    private final Operation gradientsFromX0;
    private final Operation sendGradients;

    /**
     * What training adds.
     *
     * @param x0Gradient dL/dx0, (share of the batch, interaction width)
     * @param rule the optimizer
     * @param stepValues (1, {@link UpdateRule#STEP_VALUES}) FLOAT32
     */
    record Learning(Tensor x0Gradient, UpdateRule rule, Tensor stepValues) {}

    /**
     * Binds the exchange.
     *
     * @param ids of this rank's samples, (1, ids per sample * share of the batch) INT32, table after table
     * @param x0 of this rank's samples, (share of the batch, interaction width)
     * @param learning null for inference
     */
    ExchangedEmbeddingLayer(Device device, ModelConfig model, EmbeddingTables tables, Tensor ids, Tensor x0, Learning learning) {
        this.model = model;
        this.world = tables.world();
        this.placement = tables.placement();
        this.share = Math.toIntExact(x0.rows());
        this.memory = plan(x0.type()).allocate(device);
        this.owned = tables.count() == 0 ? null : bindOwned(device, tables, learning);
        Collectives collectives = world.collectives();
        this.sendIds = collectives.allToAll(idsByOwner(ids), ownedIdsBySample());
        this.sendVectors = collectives.allToAll(ownedVectorsBySample(), vectorsByOwner());
        this.vectorsIntoX0 = copies(device, x0, true);
        this.gradientsFromX0 = learning == null ? null : copies(device, learning.x0Gradient(), false);
        this.sendGradients = learning == null ? null : collectives.allToAll(vectorsByOwner(), ownedVectorsBySample());
    }

    private TensorPlan plan(DataType type) {
        List<TableConfig> mine = tablesOf(world.rank());
        TensorPlan plan = new TensorPlan("embedding exchange");
        plan.add(OWNED_IDS, DataType.INT32, 1, Math.multiplyExact(globalBatch(), mine.stream().mapToInt(TableConfig::hotness).sum()));
        plan.add(OWNED_VECTORS, type, globalBatch(), width(mine));
        for (int rank = 0; rank < world.size(); rank++) {
            plan.add(VECTORS_OF_RANK + rank, type, share, width(tablesOf(rank)));
        }
        return plan;
    }

    private List<TableConfig> tablesOf(int rank) {
        return placement.tablesOf(rank).stream().map(model.tables()::get).toList();
    }

    private static int width(List<TableConfig> tables) {
        return tables.stream().mapToInt(TableConfig::dimension).sum();
    }

    private int globalBatch() {
        return Math.multiplyExact(share, world.size());
    }

    /** Gradients come back into the memory that the vectors left. */
    private LocalEmbeddingLayer bindOwned(Device device, EmbeddingTables tables, Learning learning) {
        List<TableConfig> mine = tablesOf(world.rank());
        List<Integer> firstColumns = IntStream.range(0, mine.size()).mapToObj(table -> width(mine.subList(0, table))).toList();
        Tensor ids = memory.get(OWNED_IDS);
        Tensor vectors = memory.get(OWNED_VECTORS);
        return learning == null ? LocalEmbeddingLayer.forInference(device, tables.tableSet(globalBatch(), firstColumns), ids, vectors)
                : LocalEmbeddingLayer.forTraining(device, tables.tableSet(globalBatch(), firstColumns), ids, vectors, vectors, learning.rule(),
                        learning.stepValues());
    }

    /** For every owner the ids of this rank's samples, one tensor per table. */
    private List<List<Tensor>> idsByOwner(Tensor ids) {
        List<List<Tensor>> byOwner = new ArrayList<>();
        for (int owner = 0; owner < world.size(); owner++) {
            List<Tensor> parts = new ArrayList<>();
            for (int table : placement.tablesOf(owner)) {
                int before = model.tables().subList(0, table).stream().mapToInt(TableConfig::hotness).sum();
                parts.add(ids.columnRange(share * before, share * model.tables().get(table).hotness()));
            }
            byOwner.add(parts);
        }
        return byOwner;
    }

    /** For every rank the place of its samples' ids, one tensor per owned table. */
    private List<List<Tensor>> ownedIdsBySample() {
        List<List<Tensor>> byRank = new ArrayList<>();
        for (int rank = 0; rank < world.size(); rank++) {
            List<Tensor> parts = new ArrayList<>();
            int before = 0;
            for (TableConfig table : tablesOf(world.rank())) {
                int count = share * table.hotness();
                parts.add(memory.get(OWNED_IDS).columnRange(globalBatch() * before + rank * count, count));
                before += table.hotness();
            }
            byRank.add(parts);
        }
        return byRank;
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

    /** Copies between the owners' column order and that of x0. */
    private Operation copies(Device device, Tensor x0, boolean intoX0) {
        List<Operation> copies = new ArrayList<>();
        for (int owner = 0; owner < world.size(); owner++) {
            int column = 0;
            for (int table : placement.tablesOf(owner)) {
                int dimension = model.tables().get(table).dimension();
                Tensor exchanged = memory.get(VECTORS_OF_RANK + owner).columnRange(column, dimension);
                Tensor place = x0.columnRange(model.columnOffset(table), dimension);
                copies.add(intoX0 ? device.cross().copy(exchanged, place) : device.cross().copy(place, exchanged));
                column += dimension;
            }
        }
        return new OperationSequence(copies);
    }

    @Override
    public void distributeIds(Stream stream) {
        sendIds.launch(stream);
    }

    @Override
    public void forward(Stream stream) {
        if (owned != null) {
            owned.forward(stream);
        }
        sendVectors.launch(stream);
        vectorsIntoX0.launch(stream);
    }

    @Override
    public void groupIds(Stream stream) {
        if (owned != null) {
            owned.groupIds(stream);
        }
    }

    @Override
    public void update(Stream stream) {
        gradientsFromX0.launch(stream);
        sendGradients.launch(stream);
        if (owned != null) {
            owned.update(stream);
        }
    }

    @Override
    public void close() {
        if (owned != null) {
            owned.close();
        }
        memory.close();
    }
}
