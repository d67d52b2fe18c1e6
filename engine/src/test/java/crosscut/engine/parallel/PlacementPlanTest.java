package crosscut.engine.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.PlacementConfig;
import crosscut.engine.config.TableConfig;
import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.batch.RawBatchLayout.CategoricalColumn;
import crosscut.kernels.device.DataType;
import crosscut.kernels.embedding.Pooling;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlacementPlanTest {

    private static final List<TableConfig> TABLES = List.of(
            new TableConfig("tiny", 4, 8, 1, Pooling.SUM), new TableConfig("large", 1000, 8, 1, Pooling.SUM), new TableConfig("hot", 50, 8, 5, Pooling.SUM));

    private static RawBatchLayout share(int samples) {
        return new RawBatchLayout(samples, 0, DataType.FLOAT16, List.of(new CategoricalColumn("tiny", 4, DataType.INT8, 1),
                new CategoricalColumn("large", 1000, DataType.INT16, 1), new CategoricalColumn("hot", 50, DataType.INT8, 5)));
    }

    /** Two ranks of 10 samples: tiny is everywhere, large is cut in two, hot is on rank 0 as memory balances itself. */
    @Test
    void countsAreWhatOneWouldCountByHand() {
        ModelConfig model = new ModelConfig(0, TABLES, List.of(), 1, 2, List.of(1), false);
        TablePlacement placement = TablePlacement.of(TABLES, 2, new PlacementConfig(PlacementConfig.Strategy.MEMORY_BALANCED, 4000, 0, 32));
        PlacementPlan plan = PlacementPlan.of(model, placement, true, share(10), 2, 100);
        PlacementPlan.Rank first = plan.ranks().getFirst();
        PlacementPlan.Rank second = plan.ranks().getLast();
        assertThat(first.shards()).extracting(PlacementPlan.Shard::text).containsExactly("large[0:4]", "tiny");
        assertThat(second.shards()).extracting(PlacementPlan.Shard::text).containsExactly("large[4:8]", "hot", "tiny");
        assertThat(first.elements()).isEqualTo(4000 + 32);
        assertThat(second.elements()).isEqualTo(4000 + 400 + 32);
        assertThat(first.lookups()).isEqualTo(20 * 4 + 10 * 8);
        assertThat(second.lookups()).isEqualTo(20 * (4 + 5 * 8) + 10 * 8);
        // tiny: an id and 8 gradients per sample; large's half: vectors out; large's other half and hot: 1 + 5 ids and 4 + 8 gradients out; dense: all-reduce.
        assertThat(first.sentBytes()).isEqualTo(10 * (4 + 16) + 10 * 4 * 2 + 10 * (6 * 4 + 12 * 2) + 2 * 100 * 4 / 2);
        assertThat(second.sentBytes()).isEqualTo(10 * (4 + 16) + 10 * 12 * 2 + 10 * (4 + 4 * 2) + 2 * 100 * 4 / 2);
        assertThat(plan.ranks()).extracting(PlacementPlan.Rank::readBytes).containsOnly(10L * (1 + 1 + 2 + 5));
    }

    /** Where owners read, ids of replicated tables travel alone; a table in two slices is read twice. */
    @Test
    void ownersReadTheIdsOfAllSamplesInsteadOfGettingThem() {
        ModelConfig model = new ModelConfig(0, TABLES, List.of(), 1, 2, List.of(1), false);
        TablePlacement placement = TablePlacement.of(TABLES, 2, new PlacementConfig(PlacementConfig.Strategy.MEMORY_BALANCED, 4000, 0, 32));
        PlacementPlan sent = PlacementPlan.of(model, placement, true, share(10), 2, 100);
        PlacementPlan read = PlacementPlan.of(model, placement, false, share(10), 2, 100);
        assertThat(read.ranks()).extracting(PlacementPlan.Rank::readBytes).containsExactly(10L * (1 + 1) + 20 * 2, 10L * (1 + 1) + 20 * (2 + 5));
        assertThat(read.ranks().getFirst().sentBytes()).isEqualTo(sent.ranks().getFirst().sentBytes() - 10 * 6 * 4);
        assertThat(read.ranks().getLast().sentBytes()).isEqualTo(sent.ranks().getLast().sentBytes() - 10 * 4);
    }

    /** Every rank gets the ids and the gradients of all samples for its rows, and sends a part of every vector. */
    @Test
    void slicesOfRowsAreNamedAndCounted() {
        ModelConfig model = new ModelConfig(0, TABLES, List.of(), 1, 2, List.of(1), false);
        TablePlacement placement = TablePlacement.of(TABLES, 3, new PlacementConfig(PlacementConfig.Strategy.MEMORY_BALANCED, 4000, 8000, 400));
        PlacementPlan plan = PlacementPlan.of(model, placement, true, share(10), 2, 0);
        assertThat(plan.ranks()).extracting(rank -> rank.shards().stream().map(PlacementPlan.Shard::text).toList()).containsExactly(
                List.of("large[rows 0:334]", "tiny", "hot"), List.of("large[rows 334:667]", "tiny", "hot"), List.of("large[rows 667:1000]", "tiny", "hot"));
        assertThat(plan.ranks()).extracting(PlacementPlan.Rank::elements).containsExactly(334L * 8 + 432, 333L * 8 + 432, 333L * 8 + 432);
        assertThat(plan.ranks().getFirst().lookups()).isEqualTo(Math.round(30 * 8 * 0.334) + 10 * (8 + 5 * 8));
        int copies = 10 * 2 * (6 * 4 + 16 * 2);
        assertThat(plan.ranks()).allSatisfy(rank -> assertThat(rank.sentBytes()).isEqualTo(copies + 10 * 2 * 8 * 2 + 10 * 2 * (4 + 8 * 2)));
    }

    @Test
    void aSingleRankSendsNothing() {
        ModelConfig model = new ModelConfig(0, TABLES, List.of(), 1, 2, List.of(1), false);
        PlacementPlan plan = PlacementPlan.of(model, TablePlacement.of(TABLES, 1, PlacementConfig.DEFAULT), false, share(20), 4, 100);
        assertThat(plan.ranks()).singleElement().extracting(PlacementPlan.Rank::sentBytes).isEqualTo(0L);
    }
}
