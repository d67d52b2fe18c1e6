package crosscut.engine.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TablePlacementTest {

    private static JsonNode published() throws IOException {
        try (InputStream in = TablePlacementTest.class.getResourceAsStream("placement.json")) {
            return JsonMapper.shared().readTree(in);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 8})
    void theReferencesPlacementIsReproduced(int ranks) throws IOException {
        JsonNode published = published();
        List<Long> elements = published.get("cardinalities").valueStream().map(rows -> rows.asLong() * published.get("dimension").asLong()).toList();
        List<List<Integer>> expected = published.get("tables_by_rank").get(String.valueOf(ranks)).valueStream()
                .map(tables -> tables.valueStream().map(JsonNode::asInt).toList()).toList();
        assertThat(TablePlacement.memoryBalanced(elements, ranks).tablesByRank()).isEqualTo(expected);
        assertThat(TablePlacement.of(elements, ranks).tablesByRank()).isEqualTo(expected);
    }

    @Property(tries = 200)
    void everyTableHasOneOwnerAndNumbersAreEven(
            @ForAll @Size(max = 40) List<@LongRange(min = 1, max = 50) Long> elements, @ForAll @IntRange(min = 1, max = 9) int ranks) {
        TablePlacement placement = TablePlacement.memoryBalanced(elements, ranks);
        List<Integer> all = placement.tablesByRank().stream().flatMap(List::stream).sorted().toList();
        assertThat(all).isEqualTo(LongStream.range(0, elements.size()).mapToObj(table -> (int) table).toList());
        assertThat(placement.tablesByRank()).allSatisfy(
                tables -> assertThat(tables).hasSizeBetween(elements.size() / ranks, Math.ceilDiv(elements.size(), ranks)));
    }

    @Test
    void oneRankKeepsTheFeatureOrder() {
        assertThat(TablePlacement.of(List.of(1L, 9L, 5L), 1).tablesOf(0)).containsExactly(0, 1, 2);
    }

    @Test
    void aTableWithTwoOwnersIsRefused() {
        assertThatThrownBy(() -> new TablePlacement(List.of(List.of(0, 1), List.of(1)))).hasMessageContaining("exactly one rank");
    }
}
