package crosscut.kernels.batch;

import crosscut.kernels.device.CpuFixture;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;
import java.lang.foreign.MemorySegment;
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
import static org.assertj.core.api.Assertions.assertThatThrownBy;

final class CpuBatchDecodeTest {

    private static final List<RawBatchLayout.CategoricalColumn> COLUMNS = List.of(
            new RawBatchLayout.CategoricalColumn("small", 100, DataType.INT8, 1),
            new RawBatchLayout.CategoricalColumn("middle", 30_000, DataType.INT16, 3),
            new RawBatchLayout.CategoricalColumn("large", 2_000_000_000, DataType.INT32, 2));
    private static final int FEATURES = 3;

    @Property(tries = 40)
    void decodesEveryColumn(@ForAll @IntRange(min = 1, max = 5000) int batchSize, @ForAll @IntRange(min = 1, max = 3) int ranks, @ForAll boolean half,
            @ForAll boolean raw32, @ForAll Random random) {
        RawBatchLayout layout = SharedBatches.layout(
                new RawBatchLayout(batchSize, FEATURES, raw32 ? DataType.FLOAT32 : DataType.FLOAT16, COLUMNS), ranks, random);
        try (CpuFixture fixture = new CpuFixture(3); RawBatch batch = new RawBatch(fixture.device(), layout)) {
            Decoded decoded = new Decoded(fixture, layout, half ? DataType.BFLOAT16 : DataType.FLOAT32);
            fillRandomly(batch, random);
            SharedBatches.describe(batch, random);
            decoded.operation(batch).launch(null);
            for (int sample = 0; sample < batchSize; sample++) {
                boolean valid = sample < batch.rows();
                assertThat(CpuFixture.get(decoded.labels, 0, sample)).isEqualTo(valid ? batch.labels().get(ValueLayout.JAVA_BYTE, sample) : 0);
                for (int column = 0; column < FEATURES; column++) {
                    assertThat(CpuFixture.get(decoded.numerical, sample, column)).isEqualTo(valid ? sample % 64 + column : 0);
                }
                assertThat(CpuFixture.get(decoded.numerical, sample, FEATURES)).as("padding").isEqualTo(77);
            }
            for (int table = 0; table < COLUMNS.size(); table++) {
                ColumnExtent extent = layout.categorical().get(table).extent();
                int hotness = COLUMNS.get(table).hotness();
                for (int position = 0; position < layout.samples(extent) * hotness; position++) {
                    int expected = position < batch.rows(extent) * hotness ? rawId(batch, table, position) : 0;
                    assertThat(CpuFixture.get(decoded.ids, 0, (int) layout.idOffset(table) + position)).isEqualTo(expected);
                }
            }
            CpuFixture.assertGapsUntouched(decoded.numerical);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void reportsTheFirstBadIdOfTheFirstBadTable(int threads) {
        RawBatchLayout layout = new RawBatchLayout(20_000, FEATURES, DataType.FLOAT16, COLUMNS);
        try (CpuFixture fixture = new CpuFixture(threads); RawBatch batch = new RawBatch(fixture.device(), layout)) {
            fillRandomly(batch, new Random(1));
            batch.describe(20_000, 1_000_000);
            Operation decode = new Decoded(fixture, layout, DataType.FLOAT32).operation(batch);
            decode.launch(null);
            batch.numerical().setAtIndex(ValueLayout.JAVA_SHORT, 4 * FEATURES + 1, Float.floatToFloat16(Float.NEGATIVE_INFINITY));
            assertThatThrownBy(() -> decode.launch(null)).isInstanceOf(InvalidValueException.class)
                    .hasMessage("numerical column 1, sample 1000004: -Infinity is not a finite number");
            batch.labels().set(ValueLayout.JAVA_BYTE, 15_000, (byte) 2);
            assertThatThrownBy(() -> decode.launch(null)).isInstanceOf(InvalidLabelException.class)
                    .hasMessage("the label, sample 1015000: 2 is neither 0 nor 1");
            batch.categorical(2).setAtIndex(ValueLayout.JAVA_INT, 3, Integer.MIN_VALUE);
            assertThatThrownBy(() -> decode.launch(null)).isInstanceOf(InvalidIdException.class).hasMessageContaining("feature large, sample 1000001: id -2147483648");
            batch.categorical(1).setAtIndex(ValueLayout.JAVA_SHORT, 3 * 19_999 + 2, (short) 30_000);
            batch.categorical(1).setAtIndex(ValueLayout.JAVA_SHORT, 3 * 9_999 + 2, (short) 30_001);
            assertThatThrownBy(() -> decode.launch(null)).isInstanceOf(InvalidIdException.class)
                    .hasMessageStartingWith("feature middle, sample 1009999: id 30001 is outside [0, 30000)");
            batch.categorical(0).set(ValueLayout.JAVA_BYTE, 7, (byte) -1);
            assertThatThrownBy(() -> decode.launch(null)).isInstanceOf(InvalidIdException.class).hasMessageStartingWith("feature small, sample 1000007: id -1");
            batch.describe(7, 1_000_000);
            batch.categorical(2).setAtIndex(ValueLayout.JAVA_INT, 3, 0);
            batch.numerical().setAtIndex(ValueLayout.JAVA_SHORT, 4 * FEATURES + 1, (short) 0);
            decode.launch(null);
        }
    }

    @Test
    void largestAndSmallestIdsOfEveryType() {
        RawBatchLayout layout = new RawBatchLayout(2, 0, DataType.FLOAT16, COLUMNS);
        try (CpuFixture fixture = new CpuFixture(1); RawBatch batch = new RawBatch(fixture.device(), layout)) {
            batch.describe(2, 0);
            batch.categorical(0).set(ValueLayout.JAVA_BYTE, 1, (byte) 99);
            batch.categorical(1).setAtIndex(ValueLayout.JAVA_SHORT, 5, (short) 29_999);
            batch.categorical(2).setAtIndex(ValueLayout.JAVA_INT, 3, 1_999_999_999);
            Decoded decoded = new Decoded(fixture, layout, DataType.FLOAT32);
            decoded.operation(batch).launch(null);
            assertThat(CpuFixture.get(decoded.ids, 0, 11)).isEqualTo(1_999_999_999);
            batch.categorical(2).setAtIndex(ValueLayout.JAVA_INT, 3, 2_000_000_000);
            assertThatThrownBy(() -> decoded.operation(batch).launch(null)).isInstanceOf(InvalidIdException.class);
        }
    }

    @Test
    void withoutFeaturesOfAKind() {
        RawBatchLayout layout = new RawBatchLayout(3, 0, DataType.FLOAT16, List.of());
        try (CpuFixture fixture = new CpuFixture(2); RawBatch batch = new RawBatch(fixture.device(), layout)) {
            batch.describe(3, 0);
            batch.labels().set(ValueLayout.JAVA_BYTE, 2, (byte) 1);
            Tensor labels = fixture.zeros(DataType.FLOAT32, 1, 3);
            fixture.device().batch().decoder(layout, () -> batch, null, null, labels).decode().launch(null);
            assertThat(CpuFixture.get(labels, 0, 2)).isEqualTo(1);
        }
    }

    @Test
    void launchingAllocatesNothing() {
        RawBatchLayout layout = new RawBatchLayout(500, FEATURES, DataType.FLOAT16, COLUMNS);
        try (CpuFixture fixture = new CpuFixture(1); RawBatch batch = new RawBatch(fixture.device(), layout)) {
            batch.describe(450, 0);
            CpuFixture.assertAllocatesNothing(new Decoded(fixture, layout, DataType.BFLOAT16).operation(batch));
        }
    }

    @Test
    void refusesOtherShapesAndBatches() {
        RawBatchLayout layout = new RawBatchLayout(4, FEATURES, DataType.FLOAT16, COLUMNS);
        RawBatchLayout other = new RawBatchLayout(5, FEATURES, DataType.FLOAT16, COLUMNS);
        try (CpuFixture fixture = new CpuFixture(1); RawBatch batch = new RawBatch(fixture.device(), other)) {
            Decoded decoded = new Decoded(fixture, layout, DataType.FLOAT32);
            assertThatThrownBy(() -> decoded.operation(batch).launch(null)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("other columns");
            assertThatThrownBy(() -> fixture.device().batch().decoder(layout, () -> batch, null, decoded.ids, decoded.labels))
                    .isInstanceOf(IllegalArgumentException.class).hasMessage("numerical is missing where 4 x at least 3 is needed");
            assertThatThrownBy(() -> fixture.device().batch().decoder(layout, () -> batch, decoded.numerical, null, decoded.labels))
                    .isInstanceOf(IllegalArgumentException.class).hasMessage("3 categorical features but no tensor for their ids");
        }
    }

    private static void fillRandomly(RawBatch batch, Random random) {
        RawBatchLayout layout = batch.layout();
        for (int sample = 0; sample < layout.batchSize(); sample++) {
            batch.labels().set(ValueLayout.JAVA_BYTE, sample, (byte) random.nextInt(2));
            for (int column = 0; column < FEATURES; column++) {
                long index = (long) sample * FEATURES + column;
                // Small whole numbers are exact in every type.
                float value = sample % 64 + column;
                if (layout.numericalType() == DataType.FLOAT16) {
                    batch.numerical().setAtIndex(ValueLayout.JAVA_SHORT, index, Float.floatToFloat16(value));
                } else {
                    batch.numerical().setAtIndex(ValueLayout.JAVA_FLOAT, index, value);
                }
            }
        }
        SharedBatches.fillIds(batch, random);
    }

    private static int rawId(RawBatch batch, int table, int position) {
        MemorySegment column = batch.categorical(table);
        return switch (COLUMNS.get(table).type()) {
            case INT8 -> column.get(ValueLayout.JAVA_BYTE, position);
            case INT16 -> column.getAtIndex(ValueLayout.JAVA_SHORT, position);
            default -> column.getAtIndex(ValueLayout.JAVA_INT, position);
        };
    }

    /** Where a batch is decoded to. */
    private static final class Decoded {

        private final CpuFixture fixture;
        private final RawBatchLayout layout;
        private final Tensor numerical;
        private final Tensor ids;
        private final Tensor labels;

        Decoded(CpuFixture fixture, RawBatchLayout layout, DataType type) {
            this.fixture = fixture;
            this.layout = layout;
            numerical = fixture.zeros(type, layout.batchSize(), 8, 1);
            CpuFixture.fill(numerical, (row, column) -> 77);
            ids = fixture.zeros(DataType.INT32, 1, (int) layout.idsPerBatch());
            labels = fixture.zeros(DataType.FLOAT32, 1, layout.batchSize());
        }

        Operation operation(RawBatch batch) {
            return fixture.device().batch().decoder(layout, () -> batch, numerical, ids, labels).decode();
        }
    }
}
