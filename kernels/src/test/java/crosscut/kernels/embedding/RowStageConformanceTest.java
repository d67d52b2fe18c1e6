package crosscut.kernels.embedding;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.CudaFixture;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Every row that occurs is copied once, and a gather of the copies has the bits of a gather of the tables: on the CPU, and on the CUDA device from host memory.
 */
final class RowStageConformanceTest {

    private static final float UNTOUCHED = 77;

    @Property(tries = 40)
    void ofRandomTables(@ForAll @IntRange(min = 1, max = 150) int batchSize, @ForAll boolean aligned, @ForAll boolean sliced, @ForAll Random random) {
        assertStaged(CudaEmbeddingCase.shapes(150, 4, random), batchSize, 1 + 6 * random.nextDouble(), aligned, sliced, random);
    }

    /** Runs that cross many warps, chunks that are full and that are not. */
    @ParameterizedTest
    @CsvSource({"1, 320", "3, 1000", "40, 31", "40, 32", "40, 33", "2, 1"})
    void ofLongRuns(int rows, int batchSize) {
        List<EmbeddingCase.Shape> shapes = List.of(new EmbeddingCase.Shape(rows, 4, 1, Pooling.SUM), new EmbeddingCase.Shape(5, 3, 2, Pooling.MEAN),
                new EmbeddingCase.Shape(rows, 132, 1, Pooling.SUM));
        assertStaged(shapes, batchSize, 2, true, false, new Random(rows));
    }

    /** A table with the last ids that there are, of which some rows are elsewhere, and tables whose keys are sorted apart. */
    @Test
    void theEndOfAllIds() {
        long cardinality = Integer.MAX_VALUE + 1L;
        try (CudaFixture fixture = CudaFixture.open()) {
            int[] ids = {0, Integer.MAX_VALUE, Integer.MAX_VALUE - 3, Integer.MAX_VALUE, 5};
            Tensor weights = fixture.row(DataType.FLOAT32, 10, 20, 30, 40);
            List<EmbeddingTable> tables = IntStream.range(0, 3)
                    .mapToObj(table -> new EmbeddingTable("t" + table, cardinality, cardinality - 3 - table % 2, 3, 1, 1, Pooling.SUM, table % 2, 0, table))
                    .toList();
            assertStaged(fixture.device(), fixture::run, new TableSet(tables, weights.memory(), null, null), fixture.integers(ids), 5,
                    List.of(fixture.zeros(DataType.FLOAT32, 5, 3), fixture.zeros(DataType.FLOAT32, 5, 3)));
        }
    }

    private static void assertStaged(List<EmbeddingCase.Shape> shapes, int batchSize, double skew, boolean aligned, boolean sliced, Random random) {
        try (CudaFixture fixture = CudaFixture.open()) {
            CudaEmbeddingCase data = new CudaEmbeddingCase(
                    fixture, shapes, batchSize, (table, rows, position) -> (long) (rows * Math.pow(random.nextDouble(), skew)), random, aligned);
            List<EmbeddingTable> tables = sliced ? data.tables.tables().stream().map(table -> someRows(table, random)).toList() : data.tables.tables();
            DeviceMemory host = fixture.device().allocateHost("tables", data.weights.memory().byteSize());
            host.hostSegment().copyFrom(data.onCpu.weights.memory().hostSegment().asSlice(0, host.byteSize()));
            for (DataType type : List.of(DataType.FLOAT32, DataType.BFLOAT16, DataType.FLOAT16)) {
                assertStaged(fixture.device(), fixture::run, new TableSet(tables, host, null, null), data.ids, batchSize,
                        List.of(fixture.zeros(type, batchSize, data.onCpu.columns), fixture.zeros(type, batchSize, data.onCpu.columns)));
            }
            Tensor gathered = fixture.cpu().zeros(DataType.FLOAT32, batchSize, data.onCpu.columns);
            Tensor gatheredCopies = fixture.cpu().zeros(DataType.FLOAT32, batchSize, data.onCpu.columns);
            assertStaged(fixture.cpu().device(), operations -> Arrays.stream(operations).forEach(operation -> operation.launch(null)),
                    new TableSet(tables, data.onCpu.tables.weights(), null, null), data.onCpu.ids, batchSize,
                    List.of(gathered, gatheredCopies));
        }
    }

    private static EmbeddingTable someRows(EmbeddingTable table, Random random) {
        long first = random.nextLong(table.rows());
        long rows = 1 + random.nextLong(table.rows() - first);
        return new EmbeddingTable(table.name(), table.rows(), first, rows, table.dimension(), table.hotness(), table.pooling(),
                table.elementOffset() + first * table.dimension(), table.idOffset(), table.columnOffset());
    }

    /** @param outputs of the gather of the tables, and of that of the copies */
    private static void assertStaged(Device device, Consumer<Operation[]> runner, TableSet tables, Tensor ids, int batchSize, List<Tensor> outputs) {
        EmbeddingOperations operations = device.embedding();
        try (EmbeddingOperations.IdGroups groups = operations.createIdGroups(tables, batchSize);
                RowStage stage = RowStage.allocate(device, tables, batchSize)) {
            float[] untouched = new float[Math.toIntExact(stage.tables().weights().byteSize() / Float.BYTES)];
            Arrays.fill(untouched, UNTOUCHED);
            device.write(stage.tables().weights(), 0, MemorySegment.ofArray(untouched));
            runner.accept(new Operation[] {operations.groupIds(ids, groups), operations.stageRows(groups, tables, stage),
                operations.gather(tables, ids, outputs.getFirst()), operations.gather(stage.tables(), stage.places(), outputs.getLast())});
            assertThat(bytes(device, outputs.getLast().memory())).isEqualTo(bytes(device, outputs.getFirst().memory()));
            assertCopies(tables, floats(device, tables.weights()), integers(device, ids.memory()), stage, floats(device, stage.tables().weights()),
                    integers(device, stage.places().memory()));
        }
    }

    private static void assertCopies(TableSet tables, float[] weights, int[] ids, RowStage stage, float[] staged, int[] places) {
        float[] expected = new float[staged.length];
        Arrays.fill(expected, UNTOUCHED);
        int[] expectedPlaces = new int[places.length];
        for (int index = 0; index < tables.tables().size(); index++) {
            EmbeddingTable table = tables.tables().get(index);
            EmbeddingTable copies = stage.tables().tables().get(index);
            int first = (int) table.idOffset();
            List<Integer> sorted = IntStream.range(0, (int) copies.rows()).boxed().sorted(Comparator.comparingInt(position -> ids[first + position])).toList();
            List<Integer> sortedIds = sorted.stream().map(position -> ids[first + position]).toList();
            for (int position : sorted) {
                int id = ids[first + position];
                boolean isHere = id >= table.firstRow() && id < table.firstRow() + table.rows();
                int place = isHere ? sortedIds.indexOf(id) : (int) copies.rows();
                expectedPlaces[(int) copies.idOffset() + position] = place;
                if (isHere) {
                    System.arraycopy(weights, (int) (table.elementOffset() + (id - table.firstRow()) * table.dimension()), expected,
                            (int) copies.elementOffset() + place * table.dimension(), table.dimension());
                }
            }
        }
        assertThat(places).isEqualTo(expectedPlaces);
        assertThat(staged).isEqualTo(expected);
    }

    private static byte[] bytes(Device device, DeviceMemory memory) {
        byte[] bytes = new byte[Math.toIntExact(memory.byteSize())];
        device.read(memory, 0, MemorySegment.ofArray(bytes));
        return bytes;
    }

    private static float[] floats(Device device, DeviceMemory memory) {
        float[] values = new float[Math.toIntExact(memory.byteSize() / Float.BYTES)];
        device.read(memory, 0, MemorySegment.ofArray(values));
        return values;
    }

    private static int[] integers(Device device, DeviceMemory memory) {
        int[] values = new int[Math.toIntExact(memory.byteSize() / Integer.BYTES)];
        device.read(memory, 0, MemorySegment.ofArray(values));
        return values;
    }

    @Test
    void whatWasMadeForOthersIsRefused() {
        try (CudaFixture fixture = CudaFixture.open()) {
            CudaEmbeddingCase data = data(fixture);
            CudaEmbeddingCase other = new CudaEmbeddingCase(
                    fixture, List.of(new EmbeddingCase.Shape(9, 4, 1, Pooling.SUM)), 4, (table, rows, position) -> 2, new Random(1), true);
            for (Device device : List.of(fixture.device(), fixture.cpu().device())) {
                TableSet tables = device == fixture.device() ? data.tables : data.onCpu.tables;
                EmbeddingOperations operations = device.embedding();
                EmbeddingOperations.IdGroups groups = operations.createIdGroups(tables, 4);
                RowStage small = RowStage.allocate(device, tables, 3);
                assertThatIllegalArgumentException().isThrownBy(() -> operations.stageRows(groups, tables, small))
                        .withMessage("the stage was made for other tables or another batch");
                assertThatIllegalArgumentException().isThrownBy(() -> operations.stageRows(groups, other.tables, small))
                        .withMessage("the id groups were made for other tables");
            }
        }
    }

    private static CudaEmbeddingCase data(CudaFixture fixture) {
        List<EmbeddingCase.Shape> shapes = List.of(new EmbeddingCase.Shape(9, 4, 1, Pooling.SUM), new EmbeddingCase.Shape(9, 5, 2, Pooling.SUM));
        return new CudaEmbeddingCase(fixture, shapes, 4, (table, rows, position) -> 2, new Random(1), true);
    }

    @Test
    void launchingAllocatesNothing() {
        try (CudaFixture fixture = CudaFixture.silent()) {
            TableSet tables = data(fixture).tables;
            EmbeddingOperations operations = fixture.device().embedding();
            fixture.assertAllocatesNothing(
                    operations.stageRows(operations.createIdGroups(tables, 4), tables, RowStage.allocate(fixture.device(), tables, 4)));
        }
    }
}
