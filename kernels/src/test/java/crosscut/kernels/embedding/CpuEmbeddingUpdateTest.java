package crosscut.kernels.embedding;

import crosscut.kernels.Tolerance;
import crosscut.kernels.device.CpuFixture;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.optimizer.UpdateRule;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class CpuEmbeddingUpdateTest {

    private static final UpdateRule ADAM = new UpdateRule(UpdateRule.Kind.ADAM, 0.9, 0.999, 1e-7);
    private static final UpdateRule SGD = new UpdateRule(UpdateRule.Kind.SGD, 0, 0, 0);
    private static final double STEP_SIZE = 0.25;
    private static final double GRADIENT_SCALE = 0.5;

    @Test
    void handWorkedNumbers() {
        try (CpuFixture fixture = new CpuFixture(2)) {
            Tensor weights = fixture.row(DataType.FLOAT32, 1, 2, 3, 4, 5, 6);
            TableSet tables = new TableSet(List.of(new EmbeddingTable("t", 3, 2, 1, Pooling.SUM, 0, 0, 0)), weights.memory(), null, null);
            Tensor gradient = fixture.zeros(DataType.FLOAT32, 3, 2);
            CpuFixture.fill(gradient, (row, column) -> 1 + row + 10 * column);
            Tensor ids = fixture.integers(2, 0, 2);
            update(fixture, tables, ids, gradient, SGD, fixture.step(0.5, 2));
            // Row 0 gets sample 1 (2, 12), row 2 samples 0 and 2 (1 + 3, 11 + 13), all times 0.5 * 2.
            double[] expected = {1 - 2, 2 - 12, 3, 4, 5 - 4, 6 - 24};
            for (int element = 0; element < expected.length; element++) {
                assertThat(CpuFixture.get(weights, 0, element)).isEqualTo(expected[element]);
            }
        }
    }

    @Property(tries = 50)
    void agreesWithDoubles(
            @ForAll @IntRange(min = 1, max = 1300) int batchSize, @ForAll @IntRange(min = 1, max = 70) int dimension,
            @ForAll @IntRange(min = 1, max = 3) int hotness, @ForAll Pooling pooling, @ForAll boolean half, @ForAll boolean adam, @ForAll Random random) {
        List<EmbeddingCase.Shape> shapes = List.of(
                new EmbeddingCase.Shape(1 + random.nextInt(3000), dimension, hotness, pooling),
                new EmbeddingCase.Shape(2, 5, 1, Pooling.SUM));
        double skew = 1 + 6 * random.nextDouble();
        try (CpuFixture fixture = new CpuFixture(3)) {
            assertAgrees(fixture, shapes, batchSize, half, adam ? ADAM : SGD,
                    (table, rows, position) -> (long) (rows * Math.pow(random.nextDouble(), skew)), random);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 511, 512, 513, 1023, 1024, 1025, 1536, 2600})
    void runsAroundTheChunkLength(int run) {
        try (CpuFixture fixture = new CpuFixture(2)) {
            int batchSize = 2700;
            for (int shift : new int[] {0, 1, 100}) {
                // Ids below 7 take the first positions, then one long run, then distinct ids.
                EmbeddingCase.Ids ids = (table, rows, position) -> position < shift ? position % 7 : position < shift + run ? 7 : 8 + (position - shift - run);
                assertAgrees(fixture, List.of(new EmbeddingCase.Shape(3000, 3, 1, Pooling.SUM)), batchSize, false, ADAM, ids, new Random(run));
            }
        }
    }

    @Test
    void allEqualAllDistinctOneSampleAndWideRows() {
        try (CpuFixture fixture = new CpuFixture(2)) {
            Random random = new Random(4);
            assertAgrees(fixture, List.of(new EmbeddingCase.Shape(9, 33, 2, Pooling.MEAN)), 1500, true, ADAM, (table, rows, position) -> 8, random);
            assertAgrees(fixture, List.of(new EmbeddingCase.Shape(1500, 33, 1, Pooling.SUM)), 1500, false, ADAM, (table, rows, position) -> position, random);
            assertAgrees(fixture, List.of(new EmbeddingCase.Shape(1, 1024, 1, Pooling.SUM)), 1, false, SGD, (table, rows, position) -> 0, random);
            assertAgrees(fixture, List.of(new EmbeddingCase.Shape(100_000, 1, 1, Pooling.SUM)), 5000, false, ADAM,
                    (table, rows, position) -> rows - 1 - position * 19L, random);
        }
    }

    private static void assertAgrees(
            CpuFixture fixture, List<EmbeddingCase.Shape> shapes, int batchSize, boolean half, UpdateRule rule, EmbeddingCase.Ids ids, Random random) {
        EmbeddingCase data = new EmbeddingCase(fixture, shapes, batchSize, ids, random);
        Tensor gradient = fixture.random(half ? DataType.BFLOAT16 : DataType.FLOAT32, batchSize, data.columns, 2, 1, random);
        double[] before = CpuFixture.values(data.weights);
        Map<Integer, double[]> expected = new TreeMap<>();
        for (EmbeddingTable table : data.tables.tables()) {
            expect(expected, data, table, gradient, rule);
        }
        update(fixture, data.tables, data.ids, gradient, rule, fixture.step(STEP_SIZE, GRADIENT_SCALE));
        for (int element = 0; element < before.length; element++) {
            double actual = CpuFixture.get(data.weights, 0, element);
            double[] wanted = expected.get(element);
            if (wanted == null) {
                assertThat(actual).as("row that does not occur").isEqualTo(before[element]);
            } else {
                long count = (long) wanted[2];
                assertThat(new Tolerance(DataType.FLOAT32, 8 + count).accepts(actual, wanted[0], wanted[1])).as("%s for %s", actual, wanted[0]).isTrue();
            }
        }
    }

    /** Puts {new weight, size of its terms, number of its terms} for every element of every row that occurs. */
    private static void expect(Map<Integer, double[]> expected, EmbeddingCase data, EmbeddingTable table, Tensor gradient, UpdateRule rule) {
        Map<Integer, double[]> sums = new TreeMap<>();
        Map<Integer, Integer> counts = new TreeMap<>();
        for (int position = 0; position < data.batchSize * table.hotness(); position++) {
            int id = data.id(table, position);
            counts.merge(id, 1, Integer::sum);
            double[] sum = sums.computeIfAbsent(id, key -> new double[table.dimension()]);
            for (int column = 0; column < table.dimension(); column++) {
                sum[column] += CpuFixture.get(gradient, position / table.hotness(), table.columnOffset() + column);
            }
        }
        sums.forEach((id, sum) -> {
            for (int column = 0; column < sum.length; column++) {
                int element = EmbeddingCase.element(table, id, column);
                double g = GRADIENT_SCALE * sum[column] / (table.pooling() == Pooling.MEAN ? table.hotness() : 1);
                expected.put(element, stepped(data, element, g, counts.get(id), rule));
            }
        });
    }

    private static double[] stepped(EmbeddingCase data, int element, double g, int count, UpdateRule rule) {
        double w = CpuFixture.get(data.weights, 0, element);
        if (rule.kind() == UpdateRule.Kind.SGD) {
            return new double[] {w - STEP_SIZE * g, 1 + STEP_SIZE * count, count};
        }
        double m = CpuFixture.get(data.firstMoments, 0, element);
        double v = CpuFixture.get(data.secondMoments, 0, element);
        m += (1 - rule.beta1()) * (g - m);
        v += (1 - rule.beta2()) * (g * g - v);
        double root = Math.sqrt(v) + rule.epsilon();
        return new double[] {w - STEP_SIZE * m / root, 1 + STEP_SIZE * (1 + count) / root, count};
    }

    @ParameterizedTest
    @EnumSource(value = DataType.class, names = {"FLOAT32", "BFLOAT16"})
    void sameBitsForAnyThreadCount(DataType type) {
        CpuFixture.assertSameBits(fixture -> {
            Random random = new Random(21);
            List<EmbeddingCase.Shape> shapes = List.of(
                    new EmbeddingCase.Shape(4, 16, 1, Pooling.SUM), new EmbeddingCase.Shape(5000, 21, 2, Pooling.MEAN));
            EmbeddingCase data = new EmbeddingCase(
                    fixture, shapes, 3000, (table, rows, position) -> (long) (rows * Math.pow(random.nextDouble(), 5)), random);
            Tensor gradient = fixture.random(type, 3000, data.columns, 0, 1, random);
            for (int step = 0; step < 2; step++) {
                update(fixture, data.tables, data.ids, gradient, ADAM, fixture.step(STEP_SIZE, GRADIENT_SCALE));
            }
            return CpuFixture.bytes(data.weights);
        });
    }

    @ParameterizedTest
    @EnumSource(value = DataType.class, names = {"FLOAT32", "BFLOAT16"})
    void launchingAllocatesNothing(DataType type) {
        try (CpuFixture fixture = new CpuFixture(1)) {
            Random random = new Random(21);
            List<EmbeddingCase.Shape> shapes = List.of(
                    new EmbeddingCase.Shape(4, 16, 1, Pooling.SUM), new EmbeddingCase.Shape(5000, 21, 2, Pooling.MEAN));
            EmbeddingCase data = new EmbeddingCase(
                    fixture, shapes, 700, (table, rows, position) -> (long) (rows * Math.pow(random.nextDouble(), 5)), random);
            Tensor gradient = fixture.random(type, 700, data.columns, 0, 1, random);
            Tensor step = fixture.step(STEP_SIZE, GRADIENT_SCALE);
            try (EmbeddingOperations.IdGroups groups = fixture.device().embedding().createIdGroups(data.tables, 700)) {
                CpuFixture.assertAllocatesNothing(
                        fixture.device().embedding().groupIds(data.ids, groups),
                        fixture.device().embedding().update(groups, gradient, data.tables, ADAM, step));
            }
        }
    }

    @Test
    void skippedStepsLeaveTablesAsTheyAre() {
        try (CpuFixture fixture = new CpuFixture(2)) {
            Random random = new Random(8);
            EmbeddingCase data = new EmbeddingCase(
                    fixture, List.of(new EmbeddingCase.Shape(3, 5, 1, Pooling.SUM)), 2000, (table, rows, position) -> position % 3, random);
            Tensor gradient = fixture.zeros(DataType.FLOAT32, 2000, data.columns);
            CpuFixture.fill(gradient, (row, column) -> Double.NaN);
            List<Tensor> tables = List.of(data.weights, data.firstMoments, data.secondMoments);
            List<double[]> before = tables.stream().map(CpuFixture::values).toList();
            update(fixture, data.tables, data.ids, gradient, ADAM, fixture.row(DataType.FLOAT32, STEP_SIZE, GRADIENT_SCALE, 1));
            assertThat(tables.stream().map(CpuFixture::values)).usingElementComparator(Arrays::compare).containsExactlyElementsOf(before);
        }
    }

    @Test
    void noTables() {
        try (CpuFixture fixture = new CpuFixture(2); DeviceMemory nothing = fixture.device().allocate("no tables", 0)) {
            TableSet tables = new TableSet(List.of(), nothing, null, null);
            update(fixture, tables, null, fixture.zeros(DataType.FLOAT32, 4, 3), SGD, fixture.step(1, 1));
        }
    }

    @Test
    void refusesWhatDoesNotBelongTogether() {
        try (CpuFixture fixture = new CpuFixture(1)) {
            EmbeddingCase data = new EmbeddingCase(
                    fixture, List.of(new EmbeddingCase.Shape(5, 4, 1, Pooling.SUM)), 3, (table, rows, position) -> 0, new Random(1));
            TableSet others = new TableSet(List.of(), data.tables.weights(), null, null);
            Tensor gradient = fixture.zeros(DataType.FLOAT32, 3, data.columns);
            Tensor step = fixture.step(1, 1);
            try (EmbeddingOperations.IdGroups groups = fixture.device().embedding().createIdGroups(data.tables, 3)) {
                assertThatThrownBy(() -> fixture.device().embedding().update(groups, gradient, others, SGD, step))
                        .isInstanceOf(IllegalArgumentException.class).hasMessage("the id groups were made for other tables");
                assertThatThrownBy(() -> fixture.device().embedding().update(groups, gradient.rowRange(0, 2), data.tables, SGD, step))
                        .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("where 3 rows are needed");
            }
        }
    }

    private static void update(CpuFixture fixture, TableSet tables, Tensor ids, Tensor gradient, UpdateRule rule, Tensor step) {
        EmbeddingOperations operations = fixture.device().embedding();
        try (EmbeddingOperations.IdGroups groups = operations.createIdGroups(tables, (int) gradient.rows())) {
            operations.groupIds(ids, groups).launch(null);
            operations.update(groups, gradient, tables, rule, step).launch(null);
        }
    }
}
