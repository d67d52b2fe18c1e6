package crosscut.engine.model;

import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.OptimizerConfig;
import crosscut.engine.config.TableConfig;
import crosscut.engine.parallel.TablePlacement;
import crosscut.engine.parallel.World;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.embedding.EmbeddingTable;
import crosscut.kernels.embedding.TableSet;
import crosscut.kernels.optimizer.UpdateRule;
import crosscut.kernels.random.RandomStream;
import java.util.ArrayList;
import java.util.List;

/** The embedding tables that this rank owns, with their optimizer state, fp32, one allocation each for weights and moments. */
public final class EmbeddingTables implements AutoCloseable {

    /** Elements: every table starts at a cache line. */
    private static final int ALIGNMENT = 16;

    private final Device device;
    private final World world;
    private final TablePlacement placement;
    private final List<Place> places;
    private final long elements;
    private final DeviceMemory weights;
    private final DeviceMemory firstMoments;
    private final DeviceMemory secondMoments;

    /**
     * Where a table lies in the three memories.
     *
     * @param index the table's place among all tables of the model
     * @param elementOffset in elements
     */
    private record Place(TableConfig table, int index, long elementOffset) {}

    /**
     * Allocates this rank's tables of a model.
     *
     * @param optimizer null for inference: no moments
     */
    public EmbeddingTables(Device device, ModelConfig model, World world, OptimizerConfig optimizer) {
        this.device = device;
        this.world = world;
        this.placement = placement(model, world.size());
        List<Integer> owned = placement.tablesOf(world.rank());
        this.places = place(model.tables(), owned);
        this.elements = elements(owned.stream().map(model.tables()::get).toList());
        boolean adam = optimizer != null && optimizer.kind() == UpdateRule.Kind.ADAM;
        weights = device.allocate("embedding tables", elements * Float.BYTES);
        firstMoments = adam ? device.allocate("embedding first moments", elements * Float.BYTES) : null;
        secondMoments = adam ? device.allocate("embedding second moments", elements * Float.BYTES) : null;
    }

    /** Which of so many ranks owns which table of a model. */
    public static TablePlacement placement(ModelConfig model, int ranks) {
        return TablePlacement.of(model.tables().stream().map(table -> table.cardinality() * table.dimension()).toList(), ranks);
    }

    private static List<Place> place(List<TableConfig> tables, List<Integer> owned) {
        List<Place> places = new ArrayList<>();
        long offset = 0;
        for (int index : owned) {
            places.add(new Place(tables.get(index), index, offset));
            offset += alignedElements(tables.get(index));
        }
        return List.copyOf(places);
    }

    private static long alignedElements(TableConfig table) {
        long elements = table.cardinality() * table.dimension();
        return (elements + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** Elements that the tables take in one memory. */
    public static long elements(List<TableConfig> tables) {
        return tables.stream().mapToLong(EmbeddingTables::alignedElements).sum();
    }

    /**
     * The tables as the embedding ops see them for batches of {@code batchSize}.
     *
     * @param firstColumns for every owned table the first column of its vector in what the gather writes
     */
    public TableSet tableSet(int batchSize, List<Integer> firstColumns) {
        List<EmbeddingTable> tables = new ArrayList<>();
        long idOffset = 0;
        for (int i = 0; i < places.size(); i++) {
            TableConfig table = places.get(i).table();
            tables.add(new EmbeddingTable(table.name(), table.cardinality(), table.dimension(), table.hotness(), table.pooling(),
                    places.get(i).elementOffset(), idOffset, firstColumns.get(i)));
            idOffset += (long) batchSize * table.hotness();
        }
        return new TableSet(tables, weights, firstMoments, secondMoments);
    }

    /** The ranks that share the tables. */
    World world() {
        return world;
    }

    /** Which rank owns which table. */
    public TablePlacement placement() {
        return placement;
    }

    /** Number of owned tables. */
    public int count() {
        return places.size();
    }

    /** The place of an owned table among all tables of the model. */
    public int index(int table) {
        return places.get(table).index();
    }

    /** Configuration of one owned table. */
    public TableConfig config(int table) {
        return places.get(table).table();
    }

    /** One owned table, (rows, dimension) FLOAT32, in one of {@link #weights}, {@link #firstMoments} and {@link #secondMoments}. */
    public Tensor view(DeviceMemory memory, int table) {
        Place place = places.get(table);
        return memory.tensor(place.elementOffset() * Float.BYTES, DataType.FLOAT32, place.table().cardinality(), place.table().dimension());
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
        for (int table = 0; table < places.size(); table++) {
            TableConfig config = places.get(table).table();
            float bound = (float) Math.sqrt(1.0 / config.cardinality());
            device.random().uniform(view(weights, table), 0, seed, RandomStream.streamOf("embedding." + config.name()), bound);
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
