package crosscut.kernels.embedding;

import crosscut.kernels.Tolerance;
import crosscut.kernels.device.CpuFixture;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.CudaFixture;
import crosscut.kernels.optimizer.UpdateRule;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Updated rows agree with the CPU's. Gradients of a run of equal ids that fits into a chunk are added in the CPU's order, so that rows then have the same bits;
 * longer runs are added in another order.
 */
final class EmbeddingUpdateConformanceTest {

    private static final UpdateRule ADAM = new UpdateRule(UpdateRule.Kind.ADAM, 0.9, 0.999, 1e-7);
    private static final UpdateRule SGD = new UpdateRule(UpdateRule.Kind.SGD, 0, 0, 0);
    private static final double STEP_SIZE = 0.25;
    private static final double GRADIENT_SCALE = 0.5;

    @Property(tries = 60)
    void agreesOnRandomTables(
            @ForAll @IntRange(min = 1, max = 150) int batchSize, @ForAll boolean aligned, @ForAll boolean adam, @ForAll Random random) {
        List<EmbeddingCase.Shape> shapes = CudaEmbeddingCase.shapes(160, 4, random);
        double skew = 1 + 6 * random.nextDouble();
        DataType type = List.of(DataType.FLOAT32, DataType.BFLOAT16, DataType.FLOAT16).get(random.nextInt(3));
        try (CudaFixture fixture = CudaFixture.open()) {
            assertAgrees(fixture, shapes, batchSize, type, adam ? ADAM : SGD, aligned,
                    (table, rows, position) -> (long) (rows * Math.pow(random.nextDouble(), skew)), random);
        }
    }

    /** Boundaries of what a thread has at once, a chunk (32) and a group (1024). */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 31, 32, 33, 63, 64, 65, 96, 991, 992, 993, 1023, 1024, 1025, 1056, 2047, 2048, 2049, 3104})
    void runsAroundChunksAndGroups(int run) {
        try (CudaFixture fixture = CudaFixture.open()) {
            int batchSize = run + 140;
            for (int shift : new int[] {0, 1, 32, 100}) {
                // Ids below 7 take the first positions, then one long run, then distinct ids.
                EmbeddingCase.Ids ids = (table, rows, position) -> position < shift ? position % 7 : position < shift + run ? 7 : 8 + (position - shift - run);
                assertAgrees(fixture, List.of(new EmbeddingCase.Shape(200, 4, 1, Pooling.SUM)), batchSize, DataType.BFLOAT16, ADAM, shift % 2 == 0,
                        ids, new Random(run));
            }
        }
    }

    @Test
    void runsThatFillWholeChunksAndGroups() {
        try (CudaFixture fixture = CudaFixture.open()) {
            for (int run : new int[] {16, 32, 64, 512, 1024, 1500}) {
                assertAgrees(fixture, List.of(new EmbeddingCase.Shape(300, 3, 1, Pooling.SUM)), 4096, DataType.FLOAT32, ADAM, false,
                        (table, rows, position) -> position / run, new Random(run));
            }
        }
    }

    @Test
    void allEqualAllDistinctOneSampleAndWideRows() {
        try (CudaFixture fixture = CudaFixture.open()) {
            Random random = new Random(4);
            assertAgrees(fixture, List.of(new EmbeddingCase.Shape(9, 33, 2, Pooling.MEAN)), 700, DataType.FLOAT16, ADAM, false,
                    (table, rows, position) -> 8, random);
            assertAgrees(fixture, List.of(new EmbeddingCase.Shape(200, 36, 1, Pooling.SUM)), 200, DataType.FLOAT32, ADAM, true,
                    (table, rows, position) -> position, random);
            assertAgrees(fixture, List.of(new EmbeddingCase.Shape(1, 1024, 1, Pooling.SUM)), 1, DataType.BFLOAT16, SGD, true,
                    (table, rows, position) -> 0, random);
            assertAgrees(fixture, List.of(new EmbeddingCase.Shape(3, 1021, 1, Pooling.SUM)), 70, DataType.BFLOAT16, ADAM, false,
                    (table, rows, position) -> position % 2, random);
            assertAgrees(fixture, List.of(new EmbeddingCase.Shape(3, 1024, 1, Pooling.SUM), new EmbeddingCase.Shape(5, 1, 1, Pooling.SUM)), 70,
                    DataType.FLOAT32, ADAM, true, (table, rows, position) -> position % 2, random);
        }
    }

    private static void assertAgrees(CudaFixture fixture, List<EmbeddingCase.Shape> shapes, int batchSize, DataType type, UpdateRule rule, boolean aligned,
            EmbeddingCase.Ids ids, Random random) {
        CudaEmbeddingCase data = new CudaEmbeddingCase(fixture, shapes, batchSize, ids, random, aligned);
        Tensor gradient = fixture.random(type, batchSize, data.onCpu.columns, data.gap(aligned ? 8 : 3), 1, random);
        updateOnCpu(fixture, data.onCpu, fixture.onCpu(gradient), rule);
        update(fixture, data, gradient, rule, step(fixture));
        int[] counts = counts(data.onCpu);
        Changed changed = new Changed(rule, CpuFixture.values(data.onCpu.secondMoments));
        assertAgrees("weight", fixture.values(data.weights)[0], CpuFixture.values(data.onCpu.weights), counts, changed::weight);
        assertAgrees("first moment", fixture.values(data.firstMoments)[0], CpuFixture.values(data.onCpu.firstMoments), counts, changed::first);
        assertAgrees("second moment", fixture.values(data.secondMoments)[0], CpuFixture.values(data.onCpu.secondMoments), counts, changed::second);
    }

    /** How large the terms are that an updated number is the sum of. */
    private interface Magnitude {

        double of(int element, int count);
    }

    private record Changed(UpdateRule rule, double[] secondMoments) {

        double weight(int element, int count) {
            double root = rule.kind() == UpdateRule.Kind.SGD ? 1 : Math.sqrt(secondMoments[element]) + rule.epsilon();
            return 1 + STEP_SIZE * (1 + count) / root;
        }

        double first(int element, int count) {
            return 1 + count;
        }

        double second(int element, int count) {
            return 1 + (double) count * count;
        }
    }

    /** How often each element's row occurs. */
    private static int[] counts(EmbeddingCase data) {
        int[] counts = new int[data.weights.columns()];
        for (EmbeddingTable table : data.tables.tables()) {
            for (int position = 0; position < data.batchSize * table.hotness(); position++) {
                int first = EmbeddingCase.element(table, data.id(table, position), 0);
                for (int element = first; element < first + table.dimension(); element++) {
                    counts[element]++;
                }
            }
        }
        return counts;
    }

    private static void assertAgrees(String what, double[] actual, double[] expected, int[] counts, Magnitude magnitude) {
        for (int element = 0; element < actual.length; element++) {
            int count = counts[element];
            if (count <= 1) {
                assertThat(actual[element]).as("%s of a row that occurs %d times", what, count).isEqualTo(expected[element]);
            } else {
                assertThat(new Tolerance(DataType.FLOAT32, 8 + count).accepts(actual[element], expected[element], magnitude.of(element, count)))
                        .as("%s %s for %s, of a row that occurs %d times", what, actual[element], expected[element], count).isTrue();
            }
        }
    }

    /** Every operation rounds as IEEE 754 says and additions have an order: a GPU and the simulator, in whatever order its lanes run, have these bits. */
    @ParameterizedTest
    @CsvSource({"FLOAT32, 3123463197", "BFLOAT16, 1161651518", "FLOAT16, 2865492301"})
    void sameBitsOnEveryDeviceAndInEveryRun(DataType type, long checksum) {
        try (CudaFixture fixture = CudaFixture.open()) {
            for (int run = 0; run < 2; run++) {
                CRC32 actual = new CRC32();
                actual.update(threeSteps(fixture, type));
                assertThat(actual.getValue()).isEqualTo(checksum);
            }
        }
    }

    private static byte[] threeSteps(CudaFixture fixture, DataType type) {
        Random random = new Random(21);
        List<EmbeddingCase.Shape> shapes = List.of(new EmbeddingCase.Shape(4, 16, 1, Pooling.SUM), new EmbeddingCase.Shape(500, 21, 2, Pooling.MEAN));
        // Math.pow need not have the same bits everywhere.
        CudaEmbeddingCase data = new CudaEmbeddingCase(fixture, shapes, 700, (table, rows, position) -> {
            double drawn = random.nextDouble();
            return (long) (rows * drawn * drawn * drawn * drawn);
        }, random, false);
        Tensor gradient = fixture.random(type, 700, data.onCpu.columns, 0, 1, random);
        for (int step = 0; step < 3; step++) {
            update(fixture, data, gradient, ADAM, step(fixture));
        }
        return fixture.bytes(data.weights);
    }

    @Test
    void skippedStepsLeaveTablesAsTheyAre() {
        try (CudaFixture fixture = CudaFixture.open()) {
            CudaEmbeddingCase data = new CudaEmbeddingCase(
                    fixture, List.of(new EmbeddingCase.Shape(3, 5, 1, Pooling.SUM)), 1500, (table, rows, position) -> position % 3, new Random(8), false);
            Tensor gradient = fixture.zeros(DataType.FLOAT32, 1500, data.onCpu.columns);
            fixture.fill(gradient, (row, column) -> Double.NaN);
            List<Tensor> tables = List.of(data.weights, data.firstMoments, data.secondMoments);
            List<byte[]> before = tables.stream().map(fixture::bytes).toList();
            update(fixture, data, gradient, ADAM, fixture.row(DataType.FLOAT32, STEP_SIZE, GRADIENT_SCALE, 1));
            assertThat(tables.stream().map(fixture::bytes)).usingElementComparator(Arrays::compare).containsExactlyElementsOf(before);
        }
    }

    @Test
    void noTables() {
        try (CudaFixture fixture = CudaFixture.open(); DeviceMemory nothing = fixture.device().allocate("no tables", 1)) {
            TableSet tables = new TableSet(List.of(), nothing, null, null);
            EmbeddingOperations operations = fixture.device().embedding();
            try (EmbeddingOperations.IdGroups groups = operations.createIdGroups(tables, 4)) {
                Operation update = operations.update(groups, fixture.zeros(DataType.FLOAT32, 4, 3), tables, SGD, step(fixture));
                fixture.run(operations.groupIds(null, groups), update);
            }
        }
    }

    @Test
    void launchingAllocatesNothing() {
        try (CudaFixture fixture = CudaFixture.silent()) {
            CudaEmbeddingCase data = new CudaEmbeddingCase(
                    fixture, List.of(new EmbeddingCase.Shape(3, 5, 1, Pooling.SUM)), 60, (table, rows, position) -> position % 3, new Random(8), false);
            EmbeddingOperations operations = fixture.device().embedding();
            try (EmbeddingOperations.IdGroups groups = operations.createIdGroups(data.tables, 60)) {
                Tensor gradient = fixture.zeros(DataType.FLOAT32, 60, data.onCpu.columns);
                fixture.assertAllocatesNothing(operations.groupIds(data.ids, groups), operations.update(
                        groups, gradient, data.tables, ADAM, fixture.zeros(DataType.FLOAT32, 1, UpdateRule.STEP_VALUES)));
            }
        }
    }

    private static Tensor step(CudaFixture fixture) {
        return fixture.row(DataType.FLOAT32, STEP_SIZE, GRADIENT_SCALE, 0);
    }

    private static void updateOnCpu(CudaFixture fixture, EmbeddingCase data, Tensor gradient, UpdateRule rule) {
        EmbeddingOperations operations = fixture.cpu().device().embedding();
        try (EmbeddingOperations.IdGroups groups = operations.createIdGroups(data.tables, data.batchSize)) {
            operations.groupIds(data.ids, groups).launch(null);
            operations.update(groups, gradient, data.tables, rule, fixture.cpu().step(STEP_SIZE, GRADIENT_SCALE)).launch(null);
        }
    }

    private static void update(CudaFixture fixture, CudaEmbeddingCase data, Tensor gradient, UpdateRule rule, Tensor step) {
        EmbeddingOperations operations = fixture.device().embedding();
        boolean isDoubleBuffered = data.onCpu.batchSize % 2 == 0;
        try (EmbeddingOperations.IdGroups groups = isDoubleBuffered ? operations.createDoubleBufferedIdGroups(data.tables, data.onCpu.batchSize)
                : operations.createIdGroups(data.tables, data.onCpu.batchSize)) {
            fixture.run(operations.groupIds(data.ids, groups));
            if (isDoubleBuffered) {
                Tensor nextIds = fixture.zeros(DataType.INT32, 1, data.ids.columns());
                fixture.run(fixture.device().batch().copy(List.of(groups.grouped()), List.of(groups.current())), operations.groupIds(nextIds, groups));
            }
            fixture.run(operations.update(groups, gradient, data.tables, rule, step));
        }
    }
}
