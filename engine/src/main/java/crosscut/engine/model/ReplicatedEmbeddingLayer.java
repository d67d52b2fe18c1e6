package crosscut.engine.model;

import crosscut.engine.config.ModelConfig;
import crosscut.engine.model.LocalEmbeddingLayer.Lookup;
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
import java.util.List;
import java.util.stream.IntStream;

/**
 * Tables that every rank has a copy of. The gather writes straight into x0, as on a single rank; the copies stay the same, bit for bit, because each of them
 * learns from all samples:
 *
 * <pre>
 * ids of my samples     --all-gather-->  ids of all samples        -> grouped by row
 * dL/dx0 of my samples  --all-gather-->  gradients of all samples  -> update of my copy
 * </pre>
 */
final class ReplicatedEmbeddingLayer implements EmbeddingLayer {

    private static final Operation NOTHING = _ -> {};
    private static final String ALL_IDS = "ids of replicated tables";
    private static final String MY_GRADIENTS = "gradients of my samples in replicated tables";
    private static final String ALL_GRADIENTS = "gradients of replicated tables";

    private final ModelConfig model;
    private final IdLayout layout;
    private final World world;
    private final EmbeddingTables tables;
    private final List<Integer> shards;
    private final int share;
    private final TensorPlan.Tensors memory;
    private final LocalEmbeddingLayer local;
    private final Operation gatherIds;
    private final Operation takeGradients;
    private final Branch gatherGradients;

    /**
     * Binds the tables.
     *
     * @param exchanges takes what is brought to and from other ranks
     * @param layout of {@code ids}, with those of this rank's samples for the replicated tables
     * @param ids what this rank reads, (1, {@link IdLayout#count()}) INT32
     * @param x0 of this rank's samples, (share of the batch, interaction width)
     * @param learning null for inference
     */
    ReplicatedEmbeddingLayer(
            Device device, EmbeddingTables tables, Exchanges exchanges, IdLayout layout, StagedTensor ids, Tensor x0, Learning learning) {
        this.model = layout.model();
        this.layout = layout;
        this.world = tables.world();
        this.tables = tables;
        this.shards = IntStream.range(0, tables.count()).filter(shard -> tables.shard(shard).replicated()).boxed().toList();
        this.share = layout.share();
        Lookup lookup = new Lookup(tables.tableSets(usesOfMySamples()), ids, x0);
        if (learning == null) {
            this.memory = null;
            this.local = LocalEmbeddingLayer.forInference(device, lookup);
            this.gatherIds = NOTHING;
            this.takeGradients = NOTHING;
            this.gatherGradients = null;
            return;
        }
        this.memory = plan(learning.x0Gradient().type()).allocate(device);
        Lookup learned = new Lookup(tables.tableSets(usesOfAllSamples()), StagedTensor.inPlace(memory.get(ALL_IDS)), memory.get(ALL_GRADIENTS));
        this.local = LocalEmbeddingLayer.forTraining(device, lookup, learned, learning.rule(), learning.stepValues());
        this.gatherIds = gatherIds(learning.preparing(), ids.prepared());
        this.takeGradients = takeGradients(device, learning.x0Gradient());
        this.gatherGradients = exchanges.branch(gatherGradients());
    }

    private int globalBatch() {
        return Math.multiplyExact(share, world.size());
    }

    private TensorPlan plan(DataType type) {
        int width = shards.stream().mapToInt(shard -> tables.shard(shard).columns()).sum();
        TensorPlan plan = new TensorPlan("replicated embeddings");
        plan.add(ALL_IDS, DataType.INT32, 1, Math.multiplyExact(globalBatch(), shards.stream().mapToInt(shard -> tables.config(shard).hotness()).sum()));
        plan.add(MY_GRADIENTS, type, share, width);
        plan.add(ALL_GRADIENTS, type, globalBatch(), width);
        return plan;
    }

    private int table(int shard) {
        return tables.shard(shard).table();
    }

    private List<EmbeddingTables.Use> usesOfMySamples() {
        return shards.stream()
                .map(shard -> new EmbeddingTables.Use(shard, layout.offset(table(shard)), model.columnOffset(table(shard)))).toList();
    }

    private List<EmbeddingTables.Use> usesOfAllSamples() {
        List<EmbeddingTables.Use> uses = new ArrayList<>();
        long ids = 0;
        int column = 0;
        for (int shard : shards) {
            uses.add(new EmbeddingTables.Use(shard, ids, column));
            ids += (long) globalBatch() * tables.config(shard).hotness();
            column += tables.shard(shard).columns();
        }
        return uses;
    }

    private Operation gatherIds(Collectives collectives, Tensor ids) {
        List<Operation> gathers = new ArrayList<>();
        int before = 0;
        for (int shard : shards) {
            int count = layout.count(table(shard));
            int first = globalBatch() * before;
            List<Tensor> parts = IntStream.range(0, world.size()).mapToObj(rank -> memory.get(ALL_IDS).columnRange(first + rank * count, count)).toList();
            gathers.add(collectives.allGather(layout.of(table(shard), ids), parts));
            before += tables.config(shard).hotness();
        }
        return new OperationSequence(gathers);
    }

    private Operation takeGradients(Device device, Tensor x0Gradient) {
        List<Operation> steps = new ArrayList<>();
        int column = 0;
        for (int shard : shards) {
            int columns = tables.shard(shard).columns();
            steps.add(device.cross().copy(x0Gradient.columnRange(model.columnOffset(table(shard)), columns),
                    memory.get(MY_GRADIENTS).columnRange(column, columns)));
            column += columns;
        }
        return new OperationSequence(steps);
    }

    private Operation gatherGradients() {
        List<Tensor> parts = IntStream.range(0, world.size()).mapToObj(rank -> memory.get(ALL_GRADIENTS).rowRange((long) rank * share, share)).toList();
        return world.collectives().allGather(memory.get(MY_GRADIENTS), parts);
    }

    @Override
    public void prepareIds(Stream stream) {
        gatherIds.launch(stream);
        local.prepareIds(stream);
    }

    @Override
    public List<StagedTensor> staged() {
        return local.staged();
    }

    @Override
    public void lookUpPrepared(Stream stream) {
        local.lookUpPrepared(stream);
    }

    @Override
    public void lookUpDecoded(Stream stream) {
        local.lookUpDecoded(stream);
    }

    @Override
    public void completeVectors(Stream stream) {
        // The gather has written them.
    }

    @Override
    public void sendGradients(Stream stream) {
        takeGradients.launch(stream);
        gatherGradients.fork().launch(stream);
    }

    @Override
    public void awaitGradients(Stream stream) {
        gatherGradients.join().launch(stream);
    }

    @Override
    public void update(Stream stream) {
        local.update(stream);
    }

    @Override
    public void close() {
        local.close();
        if (memory != null) {
            memory.close();
        }
    }
}
