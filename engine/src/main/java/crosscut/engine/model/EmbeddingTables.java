package crosscut.engine.model;

import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.OptimizerConfig;
import crosscut.engine.config.PlacementConfig;
import crosscut.engine.config.TableConfig;
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
import java.util.List;

/** The parts of the embedding tables that this rank owns, with their optimizer state, fp32, one allocation each for weights and moments. */
public final class EmbeddingTables implements AutoCloseable {

    /** Elements: every table starts at a cache line. */
    private static final int ALIGNMENT = 16;

    /** 16 MiB: much for one launch, little beside a table that is worth slicing. */
    private static final long MOST_DRAWN_ELEMENTS = 4L << 20;

    private final Device device;
    private final World world;
    private final TablePlacement placement;
    private final List<Place> places;
    private final long elements;
    private final DeviceMemory weights;
    private final DeviceMemory firstMoments;
    private final DeviceMemory secondMoments;

    /**
     * Where a shard lies in the three memories.
     *
     * @param elementOffset in elements
     */
    private record Place(TableConfig table, TableShard shard, long elementOffset) {

        long rows() {
            return table.cardinality();
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
     * @param config how the ranks share the tables
     */
    public EmbeddingTables(Device device, ModelConfig model, World world, OptimizerConfig optimizer, PlacementConfig config) {
        this.device = device;
        this.world = world;
        this.placement = TablePlacement.of(model.tables(), world.size(), config);
        List<TableShard> owned = placement.shardsOf(world.rank());
        this.places = place(model.tables(), owned);
        this.elements = elements(model, owned);
        boolean adam = optimizer != null && optimizer.kind() == UpdateRule.Kind.ADAM;
        weights = device.allocate("embedding tables", elements * Float.BYTES);
        firstMoments = adam ? device.allocate("embedding first moments", elements * Float.BYTES) : null;
        secondMoments = adam ? device.allocate("embedding second moments", elements * Float.BYTES) : null;
    }

    private static List<Place> place(List<TableConfig> tables, List<TableShard> owned) {
        List<Place> places = new ArrayList<>();
        long offset = 0;
        for (TableShard shard : owned) {
            TableConfig table = tables.get(shard.table());
            places.add(new Place(table, shard, offset));
            offset += alignedElements(table.cardinality(), shard.columns());
        }
        return List.copyOf(places);
    }

    private static long alignedElements(long rows, int columns) {
        return (rows * columns + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** Elements that whole tables take in one memory. */
    public static long elements(List<TableConfig> tables) {
        return tables.stream().mapToLong(table -> alignedElements(table.cardinality(), table.dimension())).sum();
    }

    /** Elements that shards take in one memory. */
    public static long elements(ModelConfig model, List<TableShard> shards) {
        return shards.stream().mapToLong(shard -> alignedElements(model.tables().get(shard.table()).cardinality(), shard.columns())).sum();
    }

    /** Shards as the embedding ops see them. */
    public TableSet tableSet(List<Use> uses) {
        List<EmbeddingTable> tables = new ArrayList<>();
        for (Use use : uses) {
            Place place = places.get(use.shard());
            TableConfig table = place.table();
            tables.add(new EmbeddingTable(table.name(), place.rows(), place.columns(), table.hotness(), table.pooling(), place.elementOffset(),
                    use.idOffset(), use.firstColumn()));
        }
        return new TableSet(tables, weights, firstMoments, secondMoments);
    }

    /** The ranks that share the tables. */
    World world() {
        return world;
    }

    /** Which rank owns which shard. */
    public TablePlacement placement() {
        return placement;
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

    /** One owned shard, (rows, columns) FLOAT32, in one of {@link #weights}, {@link #firstMoments} and {@link #secondMoments}. */
    public Tensor view(DeviceMemory memory, int shard) {
        Place place = places.get(shard);
        return memory.tensor(place.elementOffset() * Float.BYTES, DataType.FLOAT32, place.rows(), place.columns());
    }

    public DeviceMemory weights() {
        return weights;
    }

    /** Adam's m, null without Adam. */
    public DeviceMemory firstMoments() {
        return firstMoments;
    }

    /** Adam's v, null without Adam. */
    public DeviceMemory secondMoments() {
        return secondMoments;
    }

    /** Draws every table from U(-sqrt(1/rows), sqrt(1/rows)): each value is a function of (seed, feature name, row, column). */
    public void initialize(long seed) {
        for (int shard = 0; shard < places.size(); shard++) {
            Place place = places.get(shard);
            if (place.columns() == place.table().dimension()) {
                draw(place, view(weights, shard), 0, seed);
            } else {
                drawSlice(place, view(weights, shard), seed);
            }
        }
    }

    private void draw(Place place, Tensor target, long firstRow, long seed) {
        float bound = (float) Math.sqrt(1.0 / place.rows());
        device.random().uniform(target, firstRow, seed, RandomStream.streamOf("embedding." + place.table().name()), bound);
    }

    /** Values depend on their place in the whole table, so whole rows are drawn, some at a time, and what belongs here is taken over. */
    private void drawSlice(Place place, Tensor target, long seed) {
        int dimension = place.table().dimension();
        long rowsAtOnce = Math.clamp(MOST_DRAWN_ELEMENTS / dimension, 1, place.rows());
        try (DeviceMemory drawn = device.allocate("rows of a sliced table", rowsAtOnce * dimension * Float.BYTES);
                Stream stream = device.createStream("embedding slices")) {
            for (long firstRow = 0; firstRow < place.rows(); firstRow += rowsAtOnce) {
                long rows = Math.min(rowsAtOnce, place.rows() - firstRow);
                Tensor wholeRows = drawn.tensor(0, DataType.FLOAT32, rows, dimension);
                draw(place, wholeRows, firstRow, seed);
                device.cross().copy(wholeRows.columnRange(place.shard().firstColumn(), place.columns()), target.rowRange(firstRow, rows)).launch(stream);
                stream.synchronize();
            }
        }
    }

    @Override
    public void close() {
        weights.close();
        if (firstMoments != null) {
            firstMoments.close();
            secondMoments.close();
        }
    }
}
