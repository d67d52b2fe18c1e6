package crosscut.engine.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.engine.config.PlacementConfig;
import crosscut.engine.config.PlacementConfig.Strategy;
import crosscut.engine.config.TableConfig;
import crosscut.kernels.embedding.Pooling;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TablePlacementTest {

    private static TableConfig table(int index, long rows, int dimension, int hotness) {
        return new TableConfig("table " + index, rows, dimension, hotness, Pooling.SUM);
    }

    static Stream<Arguments> published() throws IOException {
        try (InputStream in = TablePlacementTest.class.getResourceAsStream("placement.json")) {
            JsonNode root = JsonMapper.shared().readTree(in);
            List<Arguments> cases = new ArrayList<>();
            root.get("cases").forEach(one -> cases.add(Arguments.of(one.get("name").asString(), one, root.get("sets").get(one.get("set").asString()))));
            return cases.stream();
        }
    }

    /**
     * Order, owners and numbers of elements are what the reference prints; it lists a table once that has two slices on a rank, and by themselves those that it
     * cuts by rows or copies.
     */
    @ParameterizedTest(name = "{0}")
    @MethodSource("published")
    void theReferencesPlacementIsReproduced(String name, JsonNode expected, JsonNode set) {
        List<TableConfig> tables = new ArrayList<>();
        set.get("cardinalities").forEach(rows -> tables.add(table(tables.size(), rows.asLong(), set.get("dimension").asInt(), 1)));
        PlacementConfig config = new PlacementConfig(
                Strategy.valueOf(expected.get("strategy").asString().toUpperCase(Locale.ROOT)), expected.get("column_slice_threshold").asLong(),
                expected.path("row_slice_threshold").asLong(0), expected.path("data_parallel_threshold").asLong(0));
        int ranks = expected.get("world").asInt();
        TablePlacement placement = TablePlacement.of(tables, ranks, config);
        for (int rank = 0; rank < ranks; rank++) {
            Map<Boolean, List<TableShard>> byKind = placement.exchangedOf(rank).stream()
                    .collect(Collectors.partitioningBy(shard -> shard.rows() < tables.get(shard.table()).cardinality()));
            assertThat(byKind.get(false).stream().map(TableShard::table).distinct()).as("rank %d", rank)
                    .containsExactlyElementsOf(numbers(expected.get("table_ids").get(rank)));
            assertThat(byKind.get(false).stream().mapToLong(TableShard::elements).sum()).as("elements of rank %d", rank)
                    .isEqualTo(expected.get("elements").get(rank).asLong());
            assertThat(byKind.get(true).stream().map(TableShard::table)).as("cut by rows").containsExactlyElementsOf(numbers(expected.path("cut_by_rows")));
        }
        assertThat(placement.replicated().stream().map(TableShard::table)).containsExactlyElementsOf(numbers(expected.path("replicated")));
    }

    private static List<Integer> numbers(JsonNode list) {
        return list.valueStream().map(JsonNode::asInt).toList();
    }

    /** The first ranks get one more, as in the reference; a table with fewer rows than ranks is on the first ranks only. */
    @Test
    void rowsAreCutEvenly() {
        List<TableConfig> tables = List.of(table(0, 1000, 8, 1), table(1, 11, 8, 3), table(2, 10, 8, 1), table(3, 2, 50, 1));
        TablePlacement placement = TablePlacement.of(tables, 4, new PlacementConfig(Strategy.BASIC, 4000, 88, 80));
        assertThat(placement.shardsByRank()).allSatisfy(shards -> assertThat(shards).filteredOn(shard -> shard.table() == 0).singleElement()
                .extracting(TableShard::rows, TableShard::columns).containsExactly(250L, 8));
        assertThat(placement.shardsByRank().stream().flatMap(List::stream).filter(shard -> shard.table() == 1)).containsExactly(
                new TableShard(1, 0, 3, 0, 8, false), new TableShard(1, 3, 3, 0, 8, false), new TableShard(1, 6, 3, 0, 8, false),
                new TableShard(1, 9, 2, 0, 8, false));
        assertThat(placement.replicated()).containsExactly(new TableShard(2, 0, 10, 0, 8, true));
        assertThat(placement.shardsByRank()).map(shards -> shards.stream().filter(shard -> shard.table() == 3).map(TableShard::rows).toList())
                .containsExactly(List.of(1L), List.of(1L), List.of(), List.of());
    }

    @Property(tries = 500)
    void everyElementHasOneOwnerOrIsEverywhere(
            @ForAll @Size(max = 20) List<@LongRange(min = 1, max = 50) Long> rows, @ForAll @IntRange(min = 1, max = 9) int ranks,
            @ForAll @IntRange(min = 1, max = 7) int dimension, @ForAll Strategy strategy, @ForAll @LongRange(min = 1, max = 200) long columnSlices,
            @ForAll @LongRange(min = 0, max = 300) long rowSlices, @ForAll @LongRange(min = 0, max = 100) long dataParallel) {
        List<TableConfig> tables = IntStream.range(0, rows.size()).mapToObj(i -> table(i, rows.get(i), dimension, i % 3 + 1)).toList();
        TablePlacement placement = TablePlacement.of(tables, ranks, new PlacementConfig(strategy, columnSlices, rowSlices, dataParallel));
        assertThat(placement.ranks()).isEqualTo(ranks);
        List<int[][]> owners = rows.stream().map(count -> new int[count.intValue()][dimension]).toList();
        for (int rank = 0; rank < ranks; rank++) {
            for (TableShard shard : placement.exchangedOf(rank)) {
                for (long row = shard.firstRow(); row < shard.endRow(); row++) {
                    for (int column = shard.firstColumn(); column < shard.endColumn(); column++) {
                        owners.get(shard.table())[(int) row][column]++;
                    }
                }
            }
            assertThat(placement.shardsOf(rank).stream().filter(TableShard::replicated)).isEqualTo(placement.replicated());
        }
        for (int table = 0; table < rows.size(); table++) {
            int index = table;
            boolean isEverywhere = placement.replicated().stream().anyMatch(shard -> shard.table() == index && shard.columns() == dimension);
            assertThat(isEverywhere).isEqualTo(ranks > 1 && rows.get(table) * dimension <= dataParallel);
            assertThat(Stream.of(owners.get(table)).flatMapToInt(IntStream::of)).containsOnly(isEverywhere ? 0 : 1);
        }
    }

    @Property(tries = 200)
    void withoutSlicesTheDefaultDealsEvenNumbers(
            @ForAll @Size(max = 40) List<@LongRange(min = 1, max = 50) Long> rows, @ForAll @IntRange(min = 1, max = 9) int ranks) {
        List<TableConfig> tables = IntStream.range(0, rows.size()).mapToObj(i -> table(i, rows.get(i), 4, 1)).toList();
        assertThat(TablePlacement.of(tables, ranks, PlacementConfig.DEFAULT).shardsByRank())
                .allSatisfy(shards -> assertThat(shards).hasSizeBetween(rows.size() / ranks, Math.ceilDiv(rows.size(), ranks)));
    }

    @Test
    void oneRankKeepsTheFeatureOrderAndWholeTables() {
        List<TableConfig> tables = List.of(table(0, 1, 8, 1), table(1, 9, 8, 1), table(2, 5, 8, 1));
        assertThat(TablePlacement.of(tables, 1, new PlacementConfig(Strategy.MEMORY_OPTIMIZED, 1, 1, 8)).shardsOf(0))
                .containsExactly(new TableShard(0, 0, 1, 0, 8, false), new TableShard(1, 0, 9, 0, 8, false), new TableShard(2, 0, 5, 0, 8, false));
    }

    /** One hot table of few rows costs as much as a large one that is looked up once. */
    @Test
    void costBalancedSeesLookupsToo() {
        List<TableConfig> tables = List.of(table(0, 1000, 8, 1), table(1, 10, 8, 100), table(2, 10, 8, 1), table(3, 10, 8, 1));
        List<List<TableShard>> dealt = TablePlacement.of(tables, 2, new PlacementConfig(Strategy.COST_BALANCED, Long.MAX_VALUE, 0, 0)).shardsByRank();
        assertThat(dealt).noneSatisfy(shards -> assertThat(shards).extracting(TableShard::table).contains(0, 1));
    }
}
