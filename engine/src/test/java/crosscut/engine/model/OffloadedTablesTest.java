package crosscut.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.engine.SimulatedGpu;
import crosscut.engine.TestModels;
import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.PlacementConfig;
import crosscut.engine.config.TableConfig;
import crosscut.engine.parallel.TablePlacement;
import crosscut.engine.parallel.TableShard;
import crosscut.engine.parallel.World;
import crosscut.kernels.device.Device;
import crosscut.kernels.embedding.EmbeddingTable;
import crosscut.kernels.embedding.Pooling;
import crosscut.kernels.embedding.TableSet;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OffloadedTablesTest {

    private static ModelConfig model(List<Long> rows, int dimension) {
        List<TableConfig> tables = IntStream.range(0, rows.size())
                .mapToObj(table -> new TableConfig("table " + table, rows.get(table), dimension, 1, Pooling.SUM)).toList();
        return new ModelConfig(1, tables, List.of(8), 1, 2, List.of(1), false);
    }

    private static BitSet offloaded(ModelConfig model, PlacementConfig config, int ranks, int copies) {
        return OffloadedTables.of(model, TablePlacement.of(model.tables(), ranks, config).shardsOf(0), copies, config.offloadingThreshold());
    }

    /** What the reference was seen to do on one GPU, which counts weights alone, by its default of 75. */
    @ParameterizedTest
    @CsvSource({"t15, 0", "t3, 1", "t0, 4"})
    void withoutMomentsAsManyTablesGoAsInTheReference(String set, int tables) throws IOException {
        try (InputStream in = TablePlacement.class.getResourceAsStream("placement.json")) {
            JsonNode described = JsonMapper.shared().readTree(in).get("sets").get(set);
            List<Long> rows = described.get("cardinalities").valueStream().map(JsonNode::asLong).toList();
            ModelConfig model = model(rows, described.get("dimension").asInt());
            BitSet offloaded = offloaded(model, PlacementConfig.DEFAULT.withOffloading(75_000_000_000L), 1, 1);
            assertThat(offloaded.cardinality()).isEqualTo(tables);
            assertThat(offloaded.stream().mapToObj(rows::get)).containsExactlyInAnyOrderElementsOf(
                    rows.stream().sorted(Comparator.reverseOrder()).limit(tables).toList());
        }
    }

    /** No table that stays is larger than one that goes, what stays fits, and the smallest that goes would not have. */
    @Property(tries = 300)
    void asManyOfTheSmallestStayAsFit(@ForAll @Size(min = 1, max = 8) List<@LongRange(min = 1, max = 400) Long> rows, @ForAll @LongRange(min = 0, max = 60_000)
            long threshold, @ForAll boolean adam) {
        int copies = adam ? 3 : 1;
        // A row takes a cache line.
        ModelConfig model = model(rows, 16);
        BitSet offloaded = offloaded(model, PlacementConfig.DEFAULT.withOffloading(threshold), 1, copies);
        List<Long> sorted = rows.stream().sorted().toList();
        int staying = rows.size() - offloaded.cardinality();
        long rowBytes = 64L * copies;
        assertThat(IntStream.range(0, rows.size()).filter(table -> !offloaded.get(table)).mapToObj(rows::get))
                .containsExactlyInAnyOrderElementsOf(sorted.subList(0, staying));
        assertThat(sorted.subList(0, staying).stream().mapToLong(Long::longValue).sum() * rowBytes).isLessThanOrEqualTo(threshold);
        if (staying < rows.size()) {
            assertThat(sorted.subList(0, staying + 1).stream().mapToLong(Long::longValue).sum() * rowBytes).isGreaterThan(threshold);
        }
    }

    @Property(tries = 100)
    void copiesOnAllRanksStayAndCountFirst(@ForAll @IntRange(min = 0, max = 3000) int threshold) {
        ModelConfig model = model(List.of(10L, 1L, 5L), 16);
        PlacementConfig config = new PlacementConfig(PlacementConfig.Strategy.BASIC, Long.MAX_VALUE, 0, 5 * 16).withOffloading(threshold);
        List<TableShard> shards = TablePlacement.of(model.tables(), 2, config).shardsOf(0);
        BitSet offloaded = offloaded(model, config, 2, 1);
        List<Integer> goes = offloaded.stream().mapToObj(shard -> shards.get(shard).table()).toList();
        // Six rows of 64 bytes are copies.
        assertThat(goes).isEqualTo(threshold < (6 + 10) * 64 ? List.of(0) : List.of());
    }

    @Test
    void withoutAThresholdEverythingStays() {
        assertThat(offloaded(model(List.of(1L, 1_000_000_000_000L), 16), PlacementConfig.DEFAULT, 1, 3).isEmpty()).isTrue();
    }

    /** Of 7 x 3, 50 x 8 and 11 x 5 numbers, padded to cache lines and with two moments each, the second does not fit in 2000 bytes. */
    @Test
    void tablesLieWhereTheyWereSentAndNoneTwice() {
        ModelConfig model = TestModels.small();
        try (SimulatedGpu gpu = new SimulatedGpu()) {
            Device device = gpu.device();
            long before = device.freeMemory();
            try (EmbeddingTables tables = new EmbeddingTables(
                    device, model, World.single(), TestModels.ADAM, PlacementConfig.DEFAULT.withOffloading(2000))) {
                assertThat(before - device.freeMemory()).isEqualTo((32 + 64) * 3 * Float.BYTES);
                assertThat(tables.offloaded()).containsExactly("b");
                for (int table = 0; table < 3; table++) {
                    assertThat(List.of(tables.weights(table), tables.firstMoments(table), tables.secondMoments(table))).as("table %d", table)
                            .extracting(tensor -> tensor.memory().isOnHost()).containsOnly(table == 1);
                }
                List<EmbeddingTables.Use> uses = new ArrayList<>();
                IntStream.range(0, 3).forEach(table -> uses.add(new EmbeddingTables.Use(table, 10L * table, 0)));
                List<TableSet> sets = tables.tableSets(uses);
                assertThat(sets).extracting(set -> set.weights().isOnHost()).containsExactly(false, true);
                assertThat(sets.getFirst().tables()).extracting(EmbeddingTable::name).containsExactly("a", "c");
                assertThat(sets.getLast().tables()).singleElement().extracting(EmbeddingTable::idOffset).isEqualTo(10L);
            }
        }
    }
}
