package crosscut.kernels.embedding;

import crosscut.kernels.Tolerance;
import crosscut.kernels.device.CpuFixture;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.CudaFixture;
import crosscut.kernels.optimizer.UpdateRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Slices of rows make up the whole table, on the CPU and on the CUDA device: what is gathered from each of them adds up to what is gathered from the whole, and
 * updated one after the other they have the bits of the whole.
 */
final class RowSliceConformanceTest {

    private static final UpdateRule ADAM = new UpdateRule(UpdateRule.Kind.ADAM, 0.9, 0.999, 1e-7);
    private static final UpdateRule SGD = new UpdateRule(UpdateRule.Kind.SGD, 0, 0, 0);
    private static final List<DataType> CPU_TYPES = List.of(DataType.FLOAT32, DataType.BFLOAT16);
    private static final List<DataType> CUDA_TYPES = List.of(DataType.FLOAT32, DataType.BFLOAT16, DataType.FLOAT16);

    /** Where a test runs, with the same tables twice. */
    private record Bench(Device device, TableSet whole, TableSet sliced, Tensor ids, Function<Tensor, double[][]> values, Runner runner) {

        void run(Operation... operations) {
            runner.run(operations);
        }
    }

    private interface Runner {

        void run(Operation... operations);
    }

    @Property(tries = 40)
    void ofRandomTables(
            @ForAll @IntRange(min = 1, max = 150) int batchSize, @ForAll @IntRange(min = 1, max = 5) int slices, @ForAll boolean aligned, @ForAll boolean adam,
            @ForAll Random random) {
        assertSlicesMakeUpTheWhole(CudaEmbeddingCase.shapes(100, 4, random), batchSize, slices, 1 + 6 * random.nextDouble(), aligned, adam ? ADAM : SGD,
                random.nextLong());
    }

    /** Runs that cross chunks, and groups of chunks, in slices before and after others. */
    @ParameterizedTest
    @CsvSource({"3, 2", "7, 3", "40, 4", "2, 2", "1, 3"})
    void ofLongRuns(int rows, int slices) {
        List<EmbeddingCase.Shape> shapes = List.of(new EmbeddingCase.Shape(rows, 4, 1, Pooling.SUM), new EmbeddingCase.Shape(5, 3, 2, Pooling.MEAN));
        assertSlicesMakeUpTheWhole(shapes, 2500, slices, 2, true, ADAM, rows);
    }

    private static void assertSlicesMakeUpTheWhole(
            List<EmbeddingCase.Shape> shapes, int batchSize, int slices, double skew, boolean aligned, UpdateRule rule, long seed) {
        try (CudaFixture fixture = CudaFixture.open()) {
            CudaEmbeddingCase whole = data(fixture, shapes, batchSize, skew, aligned, seed);
            CudaEmbeddingCase sliced = data(fixture, shapes, batchSize, skew, aligned, seed);
            Random random = new Random(seed);
            Tensor drawn = fixture.random(CUDA_TYPES.get(random.nextInt(CUDA_TYPES.size())), batchSize, whole.onCpu.columns, 0, 1, random);
            List<TableSet> cuts = cut(sliced.tables, slices, new Random(seed));
            List<TableSet> cutsOnCpu = cut(sliced.onCpu.tables, slices, new Random(seed));
            Bench cuda = new Bench(fixture.device(), whole.tables, sliced.tables, whole.ids, fixture::values, fixture::run);
            Bench cpu = new Bench(fixture.cpu().device(), whole.onCpu.tables, sliced.onCpu.tables, whole.onCpu.ids, RowSliceConformanceTest::valuesOnCpu,
                    operations -> List.of(operations).forEach(operation -> operation.launch(null)));
            for (DataType type : CUDA_TYPES) {
                assertGathersAgree(cuda, cuts, IntStream.range(0, slices + 2).mapToObj(_ -> nothing(fixture, type, drawn)).toList());
            }
            for (DataType type : CPU_TYPES) {
                assertGathersAgree(cpu, cutsOnCpu, IntStream.range(0, slices + 2).mapToObj(_ -> nothingOnCpu(fixture.cpu(), type, drawn)).toList());
            }
            assertUpdatesAgree(cuda, cuts, drawn, rule, fixture.row(DataType.FLOAT32, 0.25, 0.5, 0));
            assertUpdatesAgree(cpu, cutsOnCpu, fixture.onCpu(drawn), rule, fixture.cpu().step(0.25, 0.5));
        }
    }

    private static CudaEmbeddingCase data(CudaFixture fixture, List<EmbeddingCase.Shape> shapes, int batchSize, double skew, boolean aligned, long seed) {
        Random random = new Random(seed);
        CudaEmbeddingCase data = new CudaEmbeddingCase(
                fixture, shapes, batchSize, (table, rows, position) -> (long) (rows * Math.pow(random.nextDouble(), skew)), random, aligned);
        // Zeros with a sign are among the weights: adding nothing must not lose it.
        CpuFixture.fill(data.onCpu.weights, (row, column) -> column % 5 == 0 ? -0.0 : column % 11 - 5.3);
        fixture.fill(data.weights, (row, column) -> CpuFixture.get(data.onCpu.weights, 0, column));
        return data;
    }

    private static double[][] valuesOnCpu(Tensor tensor) {
        double[][] values = new double[Math.toIntExact(tensor.rows())][tensor.columns()];
        for (int row = 0; row < values.length; row++) {
            for (int column = 0; column < tensor.columns(); column++) {
                values[row][column] = CpuFixture.get(tensor, row, column);
            }
        }
        return values;
    }

    private static Tensor nothing(CudaFixture fixture, DataType type, Tensor like) {
        Tensor tensor = fixture.zeros(type, like.rows(), like.columns());
        fixture.fill(tensor, (row, column) -> -0.0);
        return tensor;
    }

    private static Tensor nothingOnCpu(CpuFixture fixture, DataType type, Tensor like) {
        Tensor tensor = fixture.zeros(type, like.rows(), like.columns());
        CpuFixture.fill(tensor, (row, column) -> -0.0);
        return tensor;
    }

    /** The same tables cut into so many slices each, some of them empty; slice i of every table goes to set i. */
    private static List<TableSet> cut(TableSet tables, int slices, Random random) {
        List<List<EmbeddingTable>> sets = IntStream.range(0, slices).<List<EmbeddingTable>>mapToObj(_ -> new ArrayList<>()).toList();
        for (EmbeddingTable table : tables.tables()) {
            long[] ends = random.longs(slices, 0, table.rows() + 1).sorted().toArray();
            ends[slices - 1] = table.rows();
            long first = 0;
            for (int slice = 0; slice < slices; slice++) {
                if (ends[slice] > first) {
                    sets.get(slice).add(new EmbeddingTable(table.name(), table.rows(), first, ends[slice] - first, table.dimension(), table.hotness(),
                            table.pooling(), table.elementOffset() + first * table.dimension(), table.idOffset(), table.columnOffset()));
                    first = ends[slice];
                }
            }
        }
        return sets.stream().map(set -> new TableSet(set, tables.weights(), tables.firstMoments(), tables.secondMoments())).toList();
    }

    /** @param outputs of the whole, of the sum, and of every slice */
    private static void assertGathersAgree(Bench bench, List<TableSet> slices, List<Tensor> outputs) {
        List<Tensor> parts = outputs.subList(2, outputs.size());
        bench.run(bench.device().embedding().gather(bench.whole(), bench.ids(), outputs.get(0)));
        for (int slice = 0; slice < slices.size(); slice++) {
            bench.run(bench.device().embedding().gather(slices.get(slice), bench.ids(), parts.get(slice)));
        }
        bench.run(bench.device().cross().sum(parts, outputs.get(1)));
        double[][] expected = bench.values().apply(outputs.get(0));
        double[][] actual = bench.values().apply(outputs.get(1));
        for (EmbeddingTable table : bench.whole().tables()) {
            Tolerance law = new Tolerance(outputs.getFirst().type(), table.hotness() + slices.size());
            for (int row = 0; row < expected.length; row++) {
                for (int column = table.columnOffset(); column < table.columnOffset() + table.dimension(); column++) {
                    if (table.hotness() == 1) {
                        assertThat(Double.doubleToRawLongBits(actual[row][column])).as("row %d, column %d of %s: %s", row, column, table, actual[row][column])
                                .isEqualTo(Double.doubleToRawLongBits(expected[row][column]));
                    }
                    assertThat(law.accepts(actual[row][column], expected[row][column], 6 * table.hotness())).isTrue();
                }
            }
        }
    }

    private static void assertUpdatesAgree(Bench bench, List<TableSet> slices, Tensor gradient, UpdateRule rule, Tensor step) {
        update(bench, bench.whole(), gradient, rule, step);
        slices.forEach(slice -> update(bench, slice, gradient, rule, step));
        assertThat(bench.values().apply(all(bench.sliced().weights()))).isEqualTo(bench.values().apply(all(bench.whole().weights())));
        assertThat(bench.values().apply(all(bench.sliced().firstMoments()))).isEqualTo(bench.values().apply(all(bench.whole().firstMoments())));
        assertThat(bench.values().apply(all(bench.sliced().secondMoments()))).isEqualTo(bench.values().apply(all(bench.whole().secondMoments())));
    }

    private static Tensor all(DeviceMemory memory) {
        return memory.tensor(0, DataType.FLOAT32, 1, Math.toIntExact(memory.byteSize() / Float.BYTES));
    }

    private static void update(Bench bench, TableSet tables, Tensor gradient, UpdateRule rule, Tensor step) {
        EmbeddingOperations operations = bench.device().embedding();
        try (EmbeddingOperations.IdGroups groups = operations.createIdGroups(tables, Math.toIntExact(gradient.rows()))) {
            bench.run(operations.groupIds(bench.ids(), groups), operations.update(groups, gradient, tables, rule, step));
        }
    }

    /** The last rows that ids can name: numbers of rows and places are counted without a sign. */
    @ParameterizedTest
    @EnumSource(value = DataType.class, names = {"FLOAT32", "BFLOAT16"})
    void theEndOfAllIds(DataType type) {
        long cardinality = Integer.MAX_VALUE + 1L;
        try (CudaFixture fixture = CudaFixture.open()) {
            Tensor ids = fixture.integers(0, Integer.MAX_VALUE, Integer.MAX_VALUE - 3, Integer.MAX_VALUE - 2, 5);
            Tensor weights = fixture.row(DataType.FLOAT32, 10, 20, 30);
            EmbeddingTable table = new EmbeddingTable("end", cardinality, cardinality - 3, 3, 1, 1, Pooling.SUM, 0, 0, 0);
            TableSet tables = new TableSet(List.of(table), weights.memory(), null, null);
            Tensor output = fixture.zeros(type, 5, 1);
            fixture.run(fixture.device().embedding().gather(tables, ids, output));
            assertThat(fixture.values(output)).isDeepEqualTo(new double[][] {{-0.0}, {30}, {-0.0}, {10}, {-0.0}});
            Tensor gradient = fixture.zeros(type, 5, 1);
            fixture.fill(gradient, (row, column) -> 1 + row);
            try (EmbeddingOperations.IdGroups groups = fixture.device().embedding().createIdGroups(tables, 5)) {
                fixture.run(fixture.device().embedding().groupIds(ids, groups),
                        fixture.device().embedding().update(groups, gradient, tables, SGD, fixture.row(DataType.FLOAT32, 1, 1, 0)));
            }
            assertThat(fixture.values(weights)[0]).containsExactly(10 - 4, 20, 30 - 2);
        }
    }
}
