package crosscut.kernels.embedding;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.cuda.CudaFixture;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Gathered values have the bits of the CPU's, rounded once. */
final class GatherConformanceTest {

    private static final DataType[] TYPES = {DataType.FLOAT32, DataType.BFLOAT16, DataType.FLOAT16};
    private static final double UNTOUCHED = 77;

    @Property(tries = 50)
    void agreesOnRandomTables(@ForAll @IntRange(min = 1, max = 70) int batchSize, @ForAll boolean aligned, @ForAll Random random) {
        try (CudaFixture fixture = CudaFixture.open()) {
            List<EmbeddingCase.Shape> shapes = CudaEmbeddingCase.shapes(200, 8, random);
            for (DataType type : TYPES) {
                assertAgrees(fixture, shapes, batchSize, type, aligned, random);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 8, 16, 31, 32, 33, 64, 124, 127, 128, 129, 132, 256, 1000, 1023, 1024, 1025})
    void everyWidth(int dimension) {
        try (CudaFixture fixture = CudaFixture.open()) {
            Random random = new Random(dimension);
            List<EmbeddingCase.Shape> shapes = List.of(
                    new EmbeddingCase.Shape(20, dimension, 1, Pooling.SUM), new EmbeddingCase.Shape(7, dimension, 5, Pooling.MEAN));
            for (DataType type : TYPES) {
                assertAgrees(fixture, shapes, 5, type, true, random);
                assertAgrees(fixture, shapes, 2, type, false, random);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 31, 32, 33, 64, 300})
    void everyBatchSize(int batchSize) {
        try (CudaFixture fixture = CudaFixture.open()) {
            List<EmbeddingCase.Shape> shapes = List.of(
                    new EmbeddingCase.Shape(1, 8, 1, Pooling.SUM), new EmbeddingCase.Shape(1000, 8, 1, Pooling.SUM),
                    new EmbeddingCase.Shape(50, 8, 3, Pooling.SUM), new EmbeddingCase.Shape(9, 8, 1, Pooling.SUM));
            assertAgrees(fixture, shapes, batchSize, DataType.BFLOAT16, true, new Random(batchSize));
        }
    }

    @Test
    void nothingToGather() {
        try (CudaFixture fixture = CudaFixture.open()) {
            CudaEmbeddingCase data = new CudaEmbeddingCase(
                    fixture, List.of(new EmbeddingCase.Shape(3, 4, 1, Pooling.SUM)), 1, (table, rows, position) -> 2, new Random(1), true);
            Tensor noRows = fixture.zeros(DataType.FLOAT16, 0, data.onCpu.columns);
            Tensor output = fixture.row(DataType.FLOAT16, 1, 2, 3);
            TableSet noTables = new TableSet(List.of(), data.weights.memory(), null, null);
            fixture.run(fixture.device().embedding().gather(data.tables, data.ids, noRows), fixture.device().embedding().gather(noTables, null, output));
            assertThat(fixture.values(output)[0]).containsExactly(1, 2, 3);
        }
    }

    @Test
    void launchingAllocatesNothing() {
        try (CudaFixture fixture = CudaFixture.silent()) {
            List<EmbeddingCase.Shape> shapes = List.of(new EmbeddingCase.Shape(9, 4, 1, Pooling.SUM), new EmbeddingCase.Shape(9, 5, 2, Pooling.SUM));
            CudaEmbeddingCase data = new CudaEmbeddingCase(fixture, shapes, 4, (table, rows, position) -> 2, new Random(1), true);
            Tensor output = fixture.zeros(DataType.FLOAT16, 4, data.onCpu.columns);
            fixture.assertAllocatesNothing(fixture.device().embedding().gather(data.tables, data.ids, output));
        }
    }

    private static void assertAgrees(CudaFixture fixture, List<EmbeddingCase.Shape> shapes, int batchSize, DataType type, boolean aligned, Random random) {
        CudaEmbeddingCase data = new CudaEmbeddingCase(fixture, shapes, batchSize, (table, rows, position) -> random.nextLong(rows), random, aligned);
        int columns = data.onCpu.columns;
        Tensor expected = fixture.cpu().zeros(DataType.FLOAT32, batchSize, columns);
        fixture.cpu().device().embedding().gather(data.onCpu.tables, data.onCpu.ids, expected).launch(null);
        Tensor output = fixture.zeros(type, batchSize, columns, data.gap(aligned ? 8 : 3));
        fixture.fill(output, (row, column) -> UNTOUCHED);
        fixture.run(fixture.device().embedding().gather(data.tables, data.ids, output));
        int firstColumn = data.onCpu.tables.tables().getFirst().columnOffset();
        double[][] actual = fixture.values(output);
        for (int row = 0; row < batchSize; row++) {
            for (int column = 0; column < columns; column++) {
                float wanted = expected.hostSegment().get(ValueLayout.JAVA_FLOAT, expected.byteOffset(row, column));
                assertThat(actual[row][column]).as("row %d, column %d of %s", row, column, shapes)
                        .isEqualTo(column < firstColumn ? UNTOUCHED : CudaEmbeddingCase.rounded(type, wanted));
            }
        }
        fixture.assertGapsUntouched(output);
    }
}
