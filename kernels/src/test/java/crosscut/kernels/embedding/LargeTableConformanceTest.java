package crosscut.kernels.embedding;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.CudaFixture;
import crosscut.kernels.optimizer.UpdateRule;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Elements of tables are counted in 64 bits. */
final class LargeTableConformanceTest {

    private static final UpdateRule SGD = new UpdateRule(UpdateRule.Kind.SGD, 0, 0, 0);
    private static final double STEP_SIZE = 0.5;

    /** The last row starts beyond element 2^31; only the rows that are used are ever written, which costs a simulator nothing. */
    @ParameterizedTest
    @ValueSource(ints = {32, 33})
    void rowsBeyondTwoGigaElements(int dimension) {
        long rows = (1L << 31) / dimension + 1000;
        int[] ids = {0, (int) rows - 1, 1, (int) rows - 1};
        try (CudaFixture fixture = CudaFixture.open(); RawMemory weights = new RawMemory(fixture, rows * dimension * Float.BYTES)) {
            for (int id : ids) {
                writeRow(fixture, weights, id, dimension);
            }
            TableSet tables = new TableSet(List.of(new EmbeddingTable("large", rows, dimension, 1, Pooling.SUM, 0, 0, 0)), weights, null, null);
            Tensor idTensor = fixture.integers(ids);
            Tensor output = fixture.zeros(DataType.FLOAT32, ids.length, dimension);
            fixture.run(fixture.device().embedding().gather(tables, idTensor, output));
            double[][] gathered = fixture.values(output);
            for (int sample = 0; sample < ids.length; sample++) {
                assertThat(gathered[sample]).containsOnly(value(ids[sample]));
            }
            Tensor gradient = fixture.zeros(DataType.FLOAT32, ids.length, dimension);
            fixture.fill(gradient, (row, column) -> 1 + row);
            try (EmbeddingOperations.IdGroups groups = fixture.device().embedding().createIdGroups(tables, ids.length)) {
                fixture.run(fixture.device().embedding().groupIds(idTensor, groups), fixture.device().embedding().update(
                        groups, gradient, tables, SGD, fixture.row(DataType.FLOAT32, STEP_SIZE, 1, 0)));
            }
            assertThat(readRow(fixture, weights, 0, dimension)).containsOnly((float) (value(0) - STEP_SIZE));
            assertThat(readRow(fixture, weights, 1, dimension)).containsOnly((float) (value(1) - 3 * STEP_SIZE));
            assertThat(readRow(fixture, weights, ids[1], dimension)).containsOnly((float) (value(ids[1]) - (2 + 4) * STEP_SIZE));
        }
    }

    private static double value(int id) {
        return id % 1024;
    }

    private static void writeRow(CudaFixture fixture, DeviceMemory weights, long id, int dimension) {
        float[] row = new float[dimension];
        Arrays.fill(row, (float) value((int) id));
        fixture.device().write(weights, id * dimension * Float.BYTES, MemorySegment.ofArray(row));
    }

    private static float[] readRow(CudaFixture fixture, DeviceMemory weights, long id, int dimension) {
        MemorySegment row = Arena.ofAuto().allocate((long) dimension * Float.BYTES, Float.BYTES);
        fixture.device().read(weights, id * dimension * Float.BYTES, row);
        return row.toArray(ValueLayout.JAVA_FLOAT);
    }

    /** Device memory that nobody fills with zeros. */
    private record RawMemory(CudaFixture fixture, long address, long byteSize) implements DeviceMemory {

        RawMemory(CudaFixture fixture, long byteSize) {
            this(fixture, fixture.device().context().driver().allocate(byteSize), byteSize);
        }

        @Override
        public String owner() {
            return "a large table";
        }

        @Override
        public MemorySegment hostSegment() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void close() {
            fixture.device().context().driver().free(address);
        }
    }
}
