package crosscut.engine.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.engine.config.PlacementConfig;
import crosscut.engine.config.TableConfig;
import crosscut.kernels.batch.ColumnExtent;
import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.batch.RawBatchLayout.CategoricalColumn;
import crosscut.kernels.device.DataType;
import crosscut.kernels.embedding.Pooling;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class RankInputTest {

    private static TableConfig table(int index, int rows) {
        return new TableConfig("table " + index, rows, 4, 1 + index % 3, Pooling.SUM);
    }

    /** Whoever has a part that not all have needs the ids of all samples, whoever has a copy those of its own, and whoever has nothing none. */
    @Property(tries = 100)
    void ownersReadWhatTheyNeedAndNothingElse(
            @ForAll @Size(min = 1, max = 6) List<@IntRange(min = 1, max = 100) Integer> rows, @ForAll @IntRange(min = 2, max = 5) int ranks,
            @ForAll PlacementConfig.Strategy strategy, @ForAll @IntRange(min = 20, max = 400) int columnSlices,
            @ForAll @IntRange(min = 0, max = 400) int rowSlices, @ForAll @IntRange(min = 0, max = 100) int dataParallel) {
        List<TableConfig> tables = IntStream.range(0, rows.size()).mapToObj(index -> table(index, rows.get(index))).toList();
        TablePlacement placement = TablePlacement.of(tables, ranks, new PlacementConfig(strategy, columnSlices, rowSlices, dataParallel));
        for (int rank = 0; rank < ranks; rank++) {
            RankInput input = RankInput.of(placement, rank, tables.size(), false);
            for (int index = 0; index < tables.size(); index++) {
                int number = index;
                List<TableShard> parts = placement.shardsOf(rank).stream().filter(shard -> shard.table() == number).toList();
                ColumnExtent expected = parts.isEmpty() ? ColumnExtent.NONE : parts.getFirst().replicated() ? ColumnExtent.SHARE : ColumnExtent.GLOBAL;
                assertThat(input.extents().get(index)).isEqualTo(expected);
                assertThat(input.reads(index)).isEqualTo(!parts.isEmpty());
                assertThat(input.samples(index, 7)).isEqualTo(parts.isEmpty() ? 0 : parts.getFirst().replicated() ? 7 : 7 * ranks);
            }
            assertThat(RankInput.of(placement, rank, tables.size(), true).extents()).containsOnly(ColumnExtent.SHARE);
        }
    }

    @Example
    void aLayoutHasTheIdsThatAreRead() {
        List<TableConfig> tables = List.of(table(0, 10), table(1, 20), table(2, 30));
        TablePlacement placement = TablePlacement.of(tables, 2, new PlacementConfig(PlacementConfig.Strategy.BASIC, 1000, 0, 40));
        List<CategoricalColumn> columns = new ArrayList<>();
        tables.forEach(table -> columns.add(new CategoricalColumn(table.name(), table.cardinality(), DataType.INT8, table.hotness())));
        RawBatchLayout share = new RawBatchLayout(5, 2, DataType.FLOAT16, columns);
        RawBatchLayout first = RankInput.of(placement, 0, 3, false).layout(share);
        RawBatchLayout second = RankInput.of(placement, 1, 3, false).layout(share);
        assertThat(first.globalBatch()).isEqualTo(10);
        assertThat(first.idsPerBatch()).isEqualTo(5 + 10 * 2);
        assertThat(first.bytesPerBatch()).isEqualTo(5 * (1 + 2 * 2) + 5 + 10 * 2);
        assertThat(second.idsPerBatch()).isEqualTo(5 + 10 * 3);
        assertThat(second.idOffset(2)).isEqualTo(5);
        assertThat(RankInput.of(TablePlacement.of(tables, 1, PlacementConfig.DEFAULT), 0, 3, false).layout(share)).isEqualTo(share);
    }
}
