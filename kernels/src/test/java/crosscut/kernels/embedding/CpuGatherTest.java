package crosscut.kernels.embedding;

import crosscut.kernels.Tolerance;
import crosscut.kernels.device.CpuFixture;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.DeviceMemory;
import crosscut.kernels.device.Tensor;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class CpuGatherTest {

    @Test
    void handWorkedNumbers() {
        try (CpuFixture fixture = new CpuFixture(2)) {
            Tensor weights = fixture.row(DataType.FLOAT32, 1, 2, 3, 4, 5, 6, 10, 20, 30);
            EmbeddingTable first = new EmbeddingTable("first", 3, 2, 1, Pooling.SUM, 0, 0, 1);
            EmbeddingTable second = new EmbeddingTable("second", 3, 1, 2, Pooling.MEAN, 6, 2, 3);
            TableSet tables = new TableSet(List.of(first, second), weights.memory(), null, null);
            Tensor ids = fixture.integers(2, 0, 1, 1, 0, 2);
            Tensor output = fixture.zeros(DataType.FLOAT32, 2, 4);
            fixture.device().embedding().gather(tables, ids, output).launch(null);
            double[][] expected = {{0, 5, 6, 20}, {0, 1, 2, 20}};
            for (int row = 0; row < 2; row++) {
                for (int column = 0; column < 4; column++) {
                    assertThat(CpuFixture.get(output, row, column)).isEqualTo(expected[row][column]);
                }
            }
        }
    }

    @Property(tries = 60)
    void agreesWithDoubles(
            @ForAll @IntRange(min = 1, max = 150) int batchSize, @ForAll @IntRange(min = 1, max = 1024) int dimension,
            @ForAll @IntRange(min = 1, max = 4) int hotness, @ForAll Pooling pooling, @ForAll boolean half, @ForAll Random random) {
        DataType type = half ? DataType.BFLOAT16 : DataType.FLOAT32;
        try (CpuFixture fixture = new CpuFixture(3)) {
            List<EmbeddingCase.Shape> shapes = List.of(
                    new EmbeddingCase.Shape(17, dimension, hotness, pooling),
                    new EmbeddingCase.Shape(1, 1, 1, Pooling.MEAN),
                    new EmbeddingCase.Shape(40, 1 + random.nextInt(40), 2, Pooling.SUM));
            EmbeddingCase data = new EmbeddingCase(fixture, shapes, batchSize, (table, rows, position) -> random.nextLong(rows), random);
            Tensor output = fixture.zeros(type, batchSize, data.columns + 2, 1);
            fixture.device().embedding().gather(data.tables, data.ids, output).launch(null);
            for (EmbeddingTable table : data.tables.tables()) {
                assertAgrees(data, table, output);
            }
            for (int row = 0; row < batchSize; row++) {
                assertThat(CpuFixture.get(output, row, 0)).as("columns of nobody").isZero();
                assertThat(CpuFixture.get(output, row, data.columns)).as("columns of nobody").isZero();
            }
            CpuFixture.assertGapsUntouched(output);
        }
    }

    private static void assertAgrees(EmbeddingCase data, EmbeddingTable table, Tensor output) {
        Tolerance tolerance = new Tolerance(output.type(), table.hotness());
        for (int sample = 0; sample < data.batchSize; sample++) {
            for (int column = 0; column < table.dimension(); column++) {
                double expected = 0;
                for (int hot = 0; hot < table.hotness(); hot++) {
                    int id = data.id(table, sample * table.hotness() + hot);
                    expected += CpuFixture.get(data.weights, 0, EmbeddingCase.element(table, id, column));
                }
                expected /= table.pooling() == Pooling.MEAN ? table.hotness() : 1;
                double actual = CpuFixture.get(output, sample, table.columnOffset() + column);
                if (table.hotness() == 1 && output.type() == DataType.FLOAT32) {
                    assertThat(actual).isEqualTo(expected);
                }
                assertThat(tolerance.accepts(actual, expected, 1)).isTrue();
            }
        }
    }

    @Test
    void noTables() {
        try (CpuFixture fixture = new CpuFixture(2); DeviceMemory nothing = fixture.device().allocate("no tables", 0)) {
            TableSet tables = new TableSet(List.of(), nothing, null, null);
            Tensor output = fixture.zeros(DataType.FLOAT32, 5, 4);
            fixture.device().embedding().gather(tables, null, output).launch(null);
            assertThat(CpuFixture.get(output, 4, 3)).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(value = DataType.class, names = {"FLOAT32", "BFLOAT16"})
    void sameBitsForAnyThreadCount(DataType type) {
        CpuFixture.assertSameBits(fixture -> {
            Random random = new Random(11);
            List<EmbeddingCase.Shape> shapes = List.of(
                    new EmbeddingCase.Shape(100, 19, 3, Pooling.MEAN), new EmbeddingCase.Shape(100, 32, 1, Pooling.SUM));
            EmbeddingCase data = new EmbeddingCase(fixture, shapes, 1000, (table, rows, position) -> random.nextLong(rows), random);
            Tensor output = fixture.zeros(type, 1000, data.columns);
            fixture.device().embedding().gather(data.tables, data.ids, output).launch(null);
            return CpuFixture.bytes(output);
        });
    }

    @ParameterizedTest
    @EnumSource(value = DataType.class, names = {"FLOAT32", "BFLOAT16"})
    void launchingAllocatesNothing(DataType type) {
        try (CpuFixture fixture = new CpuFixture(1)) {
            Random random = new Random(11);
            List<EmbeddingCase.Shape> shapes = List.of(
                    new EmbeddingCase.Shape(100, 19, 3, Pooling.MEAN), new EmbeddingCase.Shape(100, 32, 1, Pooling.SUM),
                    new EmbeddingCase.Shape(100, 24, 1, Pooling.SUM), new EmbeddingCase.Shape(100, 130, 1, Pooling.SUM));
            EmbeddingCase data = new EmbeddingCase(fixture, shapes, 100, (table, rows, position) -> random.nextLong(rows), random);
            Tensor output = fixture.zeros(type, 100, data.columns);
            CpuFixture.assertAllocatesNothing(fixture.device().embedding().gather(data.tables, data.ids, output));
        }
    }

    @Test
    void refusesOtherShapes() {
        try (CpuFixture fixture = new CpuFixture(1)) {
            EmbeddingCase data = new EmbeddingCase(
                    fixture, List.of(new EmbeddingCase.Shape(5, 4, 1, Pooling.SUM)), 3, (table, rows, position) -> 0, new Random(1));
            Tensor narrow = fixture.zeros(DataType.FLOAT32, 3, data.columns - 1);
            Tensor tall = fixture.zeros(DataType.FLOAT32, 4, data.columns);
            assertThatThrownBy(() -> fixture.device().embedding().gather(data.tables, data.ids, narrow))
                    .isInstanceOf(IllegalArgumentException.class).hasMessage("output is 3 x 6 FLOAT32, but table t0 ends at column 7");
            assertThatThrownBy(() -> fixture.device().embedding().gather(data.tables, data.ids, tall))
                    .isInstanceOf(IllegalArgumentException.class).hasMessage("ids are 1 x 5 INT32, but those of table t0 end at 6");
        }
    }
}
