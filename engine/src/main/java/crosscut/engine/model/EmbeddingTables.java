package crosscut.engine.model;

import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.OptimizerConfig;
import crosscut.engine.config.PlacementConfig;
import crosscut.engine.config.TableConfig;
import crosscut.engine.parallel.RankInput;
import crosscut.engine.parallel.TablePlacement;
import crosscut.engine.parallel.TableShard;
import crosscut.engine.parallel.World;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.embedding.EmbeddingTable;
import crosscut.kernels.embedding.TableSet;
import crosscut.kernels.optimizer.UpdateRule;
import crosscut.kernels.random.RandomStream;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * The parts of the embedding tables that this rank owns, with their optimizer state, fp32: in the device's memory, and those that were offloaded in the host's,
 * where the device's ops reach them as well. In each kind of memory there is one allocation for weights and one for either moment.
 */
public final class EmbeddingTables implements AutoCloseable {

    /** Elements: every table starts at a cache line. */
    private static final int ALIGNMENT = 16;

    /** 16 MiB: much for one launch, little beside a table that is worth slicing. */
    private static final long MOST_DRAWN_ELEMENTS = 4L << 20;

    private final Device device;
    private final World world;
    private final TablePlacement placement;
    private final RankInput input;
    private final List<Place> places;
    private final TableMemory onDevice;
    private final TableMemory onHost;

    /**
     * Where a shard lies.
     *
     * @param memory of the device or of the host
     * @param elementOffset in elements
     */
    private record Place(TableConfig table, TableShard shard, TableMemory memory, long elementOffset) {

        long rows() {
            return shard.rows();
        }

        int columns() {
            return shard.columns();
        }
    }

    /**
     * How one shard takes part in an embedding op.
     *
     * @param shard in [0, {@link #count})
     * @param idOffset where its ids start in the vector of ids
     * @param firstColumn first column of its vector in what the gather writes and the update reads
     */
    public record Use(int shard, long idOffset, int firstColumn) {}

    /**
     * Allocates this rank's shards of a model's tables.
     *
     * @param optimizer null for inference: no moments
     * @param config how the ranks share the tables, and which are offloaded
     */
    public EmbeddingTables(Device device, ModelConfig model, World world, OptimizerConfig optimizer, PlacementConfig config) {
        this.device = device;
        this.world = world;
        this.placement = TablePlacement.of(model.tables(), world.size(), config);
        this.input = RankInput.of(placement, world.rank(), model.tables().size(), config.dataParallelInput());
        List<TableShard> owned = placement.shardsOf(world.rank());
        boolean adam = optimizer != null && optimizer.kind() == UpdateRule.Kind.ADAM;
        BitSet offloaded = OffloadedTables.of(model, owned, adam ? 3 : 1, config.offloadingThreshold());
        this.onDevice = TableMemory.allocate(device::allocate, elementsOf(partOf(owned, offloaded, false)), adam);
        this.onHost = offloaded.isEmpty() ? null : TableMemory.allocate(device::allocateHost, elementsOf(partOf(owned, offloaded, true)), adam);
        this.places = place(model, owned, offloaded);
    }

    private static List<TableShard> partOf(List<TableShard> owned, BitSet offloaded, boolean wanted) {
        return IntStream.range(0, owned.size()).filter(shard -> offloaded.get(shard) == wanted).mapToObj(owned::get).toList();
    }

    private List<Place> place(ModelConfig model, List<TableShard> owned, BitSet offloaded) {
        List<Place> found = new ArrayList<>();
        long deviceEnd = 0;
        long hostEnd = 0;
        for (int index = 0; index < owned.size(); index++) {
            TableShard shard = owned.get(index);
            boolean isOffloaded = offloaded.get(index);
            found.add(new Place(model.tables().get(shard.table()), shard, isOffloaded ? onHost : onDevice, isOffloaded ? hostEnd : deviceEnd));
            long taken = elementsOf(List.of(shard));
            hostEnd += isOffloaded ? taken : 0;
            deviceEnd += isOffloaded ? 0 : taken;
        }
        return List.copyOf(found);
    }

    private static long alignedElements(long rows, int columns) {
        return (rows * columns + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** Elements that whole tables take in one memory. */
    public static long elements(List<TableConfig> tables) {
        return tables.stream().mapToLong(table -> alignedElements(table.cardinality(), table.dimension())).sum();
    }

    /** Elements that shards take in one memory. */
    public static long elementsOf(List<TableShard> shards) {
        return shards.stream().mapToLong(shard -> alignedElements(shard.rows(), shard.columns())).sum();
    }

    /** Shards as the embedding ops see them: a set for each kind of memory that holds some. */
    public List<TableSet> tableSets(List<Use> uses) {
        Map<TableMemory, List<EmbeddingTable>> tables = new LinkedHashMap<>();
        uses.forEach(use -> tables.computeIfAbsent(places.get(use.shard()).memory(), _ -> new ArrayList<>()).add(table(use)));
        return tables.entrySet().stream().map(set -> set.getKey().tableSet(set.getValue())).toList();
    }

    private EmbeddingTable table(Use use) {
        Place place = places.get(use.shard());
        TableConfig table = place.table();
        return new EmbeddingTable(table.name(), table.cardinality(), place.shard().firstRow(), place.rows(), place.columns(), table.hotness(), table.pooling(),
                place.elementOffset(), use.idOffset(), use.firstColumn());
    }

    /** The ranks that share the tables. */
    World world() {
        return world;
    }

    /** Which rank owns which shard. */
    public TablePlacement placement() {
        return placement;
    }

    /** Which samples' ids this rank reads of which table. */
    RankInput input() {
        return input;
    }

    /** Number of owned shards. */
    public int count() {
        return places.size();
    }

    /** Which part of which table an owned shard is. */
    public TableShard shard(int shard) {
        return places.get(shard).shard();
    }

    /** Configuration of the whole table of an owned shard. */
    public TableConfig config(int shard) {
        return places.get(shard).table();
    }

    /** Names of the tables of which this rank has something in host memory, in the order of shards. */
    public List<String> offloaded() {
        return places.stream().filter(place -> place.memory() == onHost).map(place -> place.table().name()).toList();
    }

    /** Whether there is optimizer state beside the weights. */
    public boolean hasMoments() {
        return onDevice.firstMoments() != null;
    }

    /** Weights of an owned shard, (rows, columns) FLOAT32. */
    public Tensor weights(int shard) {
        return view(shard, TableMemory::weights);
    }

    /** Adam's m of an owned shard, (rows, columns) FLOAT32; only where there {@linkplain #hasMoments are moments}. */
    public Tensor firstMoments(int shard) {
        return view(shard, TableMemory::firstMoments);
    }

    /** Adam's v of an owned shard, (rows, columns) FLOAT32; only where there {@linkplain #hasMoments are moments}. */
    public Tensor secondMoments(int shard) {
        return view(shard, TableMemory::secondMoments);
    }

    private Tensor view(int shard, Function<TableMemory, DeviceMemory> part) {
        Place place = places.get(shard);
        return part.apply(place.memory()).tensor(place.elementOffset() * Float.BYTES, DataType.FLOAT32, place.rows(), place.columns());
    }

    /** Draws every table from U(-sqrt(1/rows), sqrt(1/rows)): each value is a function of (seed, feature name, row, column). */
    public void initialize(long seed) {
        for (int shard = 0; shard < places.size(); shard++) {
            Place place = places.get(shard);
            if (place.columns() == place.table().dimension()) {
                draw(place, weights(shard), place.shard().firstRow(), seed);
            } else {
                drawColumns(place, weights(shard), seed);
            }
        }
    }

    private void draw(Place place, Tensor target, long firstRow, long seed) {
        float bound = (float) Math.sqrt(1.0 / place.table().cardinality());
        device.random().uniform(target, firstRow, seed, RandomStream.streamOf("embedding." + place.table().name()), bound);
    }

    /** Values depend on their place in the whole table, so whole rows are drawn, some at a time, and what belongs here is taken over. */
    private void drawColumns(Place place, Tensor target, long seed) {
        int dimension = place.table().dimension();
        long rowsAtOnce = Math.clamp(MOST_DRAWN_ELEMENTS / dimension, 1, place.rows());
        try (DeviceMemory drawn = device.allocate("rows of a sliced table", rowsAtOnce * dimension * Float.BYTES);
                Stream stream = device.createStreamWithoutProducts("embedding slices")) {
            for (long firstRow = 0; firstRow < place.rows(); firstRow += rowsAtOnce) {
                long rows = Math.min(rowsAtOnce, place.rows() - firstRow);
                Tensor wholeRows = drawn.tensor(0, DataType.FLOAT32, rows, dimension);
                draw(place, wholeRows, place.shard().firstRow() + firstRow, seed);
                device.cross().copy(wholeRows.columnRange(place.shard().firstColumn(), place.columns()), target.rowRange(firstRow, rows)).launch(stream);
                stream.synchronize();
            }
        }
    }

    @Override
    public void close() {
        onDevice.close();
        if (onHost != null) {
            onHost.close();
        }
    }
}
