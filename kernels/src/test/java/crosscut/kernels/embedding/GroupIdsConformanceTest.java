package crosscut.kernels.embedding;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.CudaFixture;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Sorted pairs are those of a stable sort on the host, and the rows that are counted those of a set. */
final class GroupIdsConformanceTest {

    /** Chooses an id of a table with so many rows. */
    private interface Chooser {

        long id(long rows, int position);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 31, 32, 33, 511, 512, 513, 4095, 4096, 4097, 8192, 9001})
    void batchesAroundWarpsAndTiles(int batchSize) {
        Random random = new Random(batchSize);
        assertSorted(batchSize, List.of(300L), List.of(1), (rows, position) -> random.nextLong(rows));
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "3", "256", "257", "511", "512", "513", "262144", "262145", "134217728", "134217729", "2147483647", "3000000000"})
    void tablesAroundNumbersOfDigits(long rows) {
        Random random = new Random(rows);
        long largest = Math.min(rows, Integer.MAX_VALUE + 1L);
        assertSorted(150, List.of(rows), List.of(1), (_, position) -> position == 7 ? largest - 1 : random.nextLong(largest));
    }

    @Test
    void allEqualAllDistinctAndDescending() {
        assertSorted(4500, List.of(5000L), List.of(1), (rows, position) -> 4711);
        assertSorted(4500, List.of(5000L), List.of(1), (rows, position) -> position);
        assertSorted(4500, List.of(5000L), List.of(1), (rows, position) -> rows - 1 - position);
    }

    @Test
    void manyTablesOfDifferentHotness() {
        Random random = new Random(5);
        assertSorted(333, List.of(3L, 1L, 100_000L, 7L, 1L << 20, 50L), List.of(1, 3, 1, 8, 2, 5), (rows, position) -> random.nextLong(rows));
    }

    /** Keys have 32 bits: such tables are sorted apart. */
    @Test
    void tablesWithMoreRowsThanKeys() {
        Random random = new Random(6);
        List<Long> rows = List.of(1L << 31, 5L, 1L << 31, 1L << 31, (1L << 31) - 1, 2L, 9L);
        assertSorted(100, rows, List.of(1, 2, 1, 1, 3, 1, 1), (most, position) -> random.nextLong(most));
    }

    private static void assertSorted(int batchSize, List<Long> rows, List<Integer> hotness, Chooser chooser) {
        try (CudaFixture fixture = CudaFixture.open(); DeviceMemory noWeights = fixture.device().allocate("no weights", 1)) {
            List<EmbeddingTable> list = new ArrayList<>();
            int idCount = 3;
            for (int table = 0; table < rows.size(); table++) {
                list.add(new EmbeddingTable("t" + table, rows.get(table), 1, hotness.get(table), Pooling.SUM, 0, idCount, 0));
                idCount += batchSize * hotness.get(table) + 1;
            }
            int[] values = new int[idCount];
            for (EmbeddingTable table : list) {
                for (int position = 0; position < batchSize * table.hotness(); position++) {
                    values[(int) table.idOffset() + position] = (int) chooser.id(table.rows(), position);
                }
            }
            Tensor ids = fixture.zeros(DataType.INT32, 1, idCount);
            fixture.device().write(ids.memory(), 0, MemorySegment.ofArray(values));
            TableSet tables = new TableSet(list, noWeights, null, null);
            try (CudaIdGroups groups = (CudaIdGroups) fixture.device().embedding().createIdGroups(tables, batchSize)) {
                fixture.run(fixture.device().embedding().groupIds(ids, groups));
                MemorySegment pairs = MemorySegment.ofArray(new long[Math.toIntExact(groups.pairs().byteSize() / Long.BYTES)]);
                fixture.device().read(groups.pairs(), 0, pairs);
                assertSorted(list, batchSize, values, pairs.toArray(ValueLayout.JAVA_LONG));
                Tensor counts = fixture.zeros(DataType.INT32, 1, list.size(), 3);
                fixture.run(fixture.device().embedding().countRows(groups, counts));
                double[] expected = list.stream().mapToDouble(table -> distinct(table, batchSize, values)).toArray();
                assertThat(fixture.values(counts)[0]).containsExactly(expected);
                fixture.assertGapsUntouched(counts);
                assertThat(countsOnCpu(fixture, list, batchSize, values)).containsExactly(expected);
            }
        }
    }

    private static double distinct(EmbeddingTable table, int batchSize, int[] ids) {
        return IntStream.range(0, batchSize * table.hotness()).map(position -> ids[(int) table.idOffset() + position]).distinct().count();
    }

    private static double[] countsOnCpu(CudaFixture fixture, List<EmbeddingTable> tables, int batchSize, int[] ids) {
        EmbeddingOperations operations = fixture.cpu().device().embedding();
        Tensor counts = fixture.cpu().zeros(DataType.INT32, 1, tables.size());
        try (DeviceMemory noWeights = fixture.cpu().device().allocate("no weights", 1);
                EmbeddingOperations.IdGroups groups = operations.createIdGroups(new TableSet(tables, noWeights, null, null), batchSize)) {
            operations.groupIds(fixture.cpu().integers(ids), groups).launch(null);
            operations.countRows(groups, counts).launch(null);
        }
        return IntStream.range(0, tables.size()).mapToDouble(table -> counts.hostSegment().getAtIndex(ValueLayout.JAVA_INT, table)).toArray();
    }

    private static void assertSorted(List<EmbeddingTable> tables, int batchSize, int[] ids, long[] pairs) {
        int pair = 0;
        for (EmbeddingTable table : tables) {
            int first = (int) table.idOffset();
            List<Integer> positions = IntStream.range(0, batchSize * table.hotness()).boxed()
                    .sorted(Comparator.comparingInt(position -> ids[first + position])).toList();
            long firstKey = (pairs[pair] >>> Integer.SIZE) - ids[first + positions.getFirst()];
            for (int position : positions) {
                assertThat(pairs[pair]).as("pair %d, in %s", pair, table).isEqualTo(firstKey + ids[first + position] << Integer.SIZE | position);
                pair++;
            }
        }
    }
}
