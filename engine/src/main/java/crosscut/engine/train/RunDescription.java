package crosscut.engine.train;

import crosscut.engine.config.DatasetConfig;
import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.RunConfig;
import crosscut.engine.config.TableConfig;
import crosscut.engine.data.Dataset;
import crosscut.engine.data.FeatureSpec;
import crosscut.engine.data.SyntheticDataset;
import crosscut.engine.memory.MemoryPlan;
import crosscut.engine.model.DenseLayout;
import crosscut.engine.model.EmbeddingTables;
import crosscut.engine.parallel.TablePlacement;
import crosscut.engine.parallel.TableShard;
import crosscut.engine.parallel.World;
import crosscut.kernels.device.ByteSize;
import crosscut.kernels.device.Device;
import crosscut.kernels.optimizer.UpdateRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiPredicate;

/** What people want to know before the first step: device, data, model, memory. */
final class RunDescription {

    private final RunConfig config;
    private final Device device;
    private final World world;
    private final Dataset dataset;
    private final ModelConfig model;
    private final MemoryPlan plan;

    /** @param plan what this rank will allocate */
    RunDescription(RunContext context, MemoryPlan plan) {
        this.plan = plan;
        this.config = context.config();
        this.device = context.device();
        this.world = context.world();
        this.dataset = context.dataset();
        this.model = context.model();
    }

    /** One line each; the list may be added to. */
    List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("device: " + device.description() + ", precision " + config.training().precision().name().toLowerCase(Locale.ROOT));
        lines.add("data: " + data());
        if (dataset instanceof SyntheticDataset synthetic) {
            lines.add("labels: " + synthetic.labelDescription());
        }
        lines.add("model: " + shape());
        lines.add((world.isSingle() ? "memory: " : "memory of rank " + plan.rank() + ": ") + plan.summary());
        if (!world.isSingle()) {
            lines.add("ranks: " + ranks());
        }
        return lines;
    }

    private String data() {
        StringBuilder text = new StringBuilder(config.dataset().type() == DatasetConfig.Type.SYNTHETIC ? "synthetic" : "tf_raw");
        text.append(" from ").append(config.dataset().folder().resolve(config.dataset().featureSpec()));
        for (String split : List.of(FeatureSpec.TRAIN, config.dataset().evaluationSplit())) {
            text.append(String.format(Locale.ROOT, ", %s %,d samples", split, dataset.split(split).samples()));
        }
        return text.toString();
    }

    private String shape() {
        long rows = model.tables().stream().mapToLong(table -> table.cardinality()).sum();
        return String.format(Locale.ROOT, "%d numerical features, %d tables with %,d rows (%,d parameters), %d cross layers of %s, %,d dense parameters",
                model.numericalFeatures(), model.tables().size(), rows, EmbeddingTables.elements(model.tables()), model.crossLayers(),
                model.projection() == 0 ? "full rank" : "rank " + model.projection(), new DenseLayout(model).elements());
    }

    /** Weights alone, or with two moments. */
    private int copies() {
        return config.mode() == RunConfig.Mode.TRAIN && config.training().optimizer().kind() == UpdateRule.Kind.ADAM ? 3 : 1;
    }

    private String ranks() {
        StringBuilder text = new StringBuilder(world.size() + ", size (number) of tables by rank:");
        TablePlacement placement = TablePlacement.of(model.tables(), world.size(), config.training().placement());
        for (List<TableShard> owned : placement.shardsByRank()) {
            text.append(" " + ByteSize.text(EmbeddingTables.elementsOf(owned) * Float.BYTES * copies()) + " (" + owned.size() + ")");
        }
        return text + named(placement, "in column slices", (table, shard) -> shard.columns() < table.dimension())
                + named(placement, "in row slices", (table, shard) -> shard.rows() < table.cardinality())
                + named(placement, "on every rank", (_, shard) -> shard.replicated())
                + "; ids are read " + (config.training().placement().dataParallelInput() ? "by the rank whose samples they are of (data-parallel input)"
                        : "by the ranks that keep their tables (model-parallel input)");
    }

    /** Tables of which some rank has such a shard. */
    private String named(TablePlacement placement, String what, BiPredicate<TableConfig, TableShard> isSuch) {
        List<String> names = placement.shardsByRank().stream().flatMap(List::stream).filter(shard -> isSuch.test(model.tables().get(shard.table()), shard))
                .map(TableShard::table).distinct().sorted().map(table -> model.tables().get(table).name()).toList();
        return names.isEmpty() ? "" : "; " + what + ": " + String.join(", ", names);
    }
}
