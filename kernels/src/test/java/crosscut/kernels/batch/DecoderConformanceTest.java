package crosscut.kernels.batch;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Operation;
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
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Decoded batches, and what is reported about bad ones, are the CPU's. */
final class DecoderConformanceTest {

    private static final List<RawBatchLayout.CategoricalColumn> COLUMNS = List.of(
            new RawBatchLayout.CategoricalColumn("small", 100, DataType.INT8, 1),
            new RawBatchLayout.CategoricalColumn("middle", 30_000, DataType.INT16, 3),
            new RawBatchLayout.CategoricalColumn("large", 2_000_000_000, DataType.INT32, 2));

    @Property(tries = 60)
    void decodesEveryColumn(@ForAll @IntRange(min = 1, max = 3000) int batchSize, @ForAll @IntRange(min = 1, max = 3) int ranks,
            @ForAll @IntRange(min = 0, max = 15) int features, @ForAll boolean raw32, @ForAll boolean withTables, @ForAll Random random) {
        RawBatchLayout layout = SharedBatches.layout(
                new RawBatchLayout(batchSize, features, raw32 ? DataType.FLOAT32 : DataType.FLOAT16, withTables ? COLUMNS : List.of()), ranks, random);
        DataType type = List.of(DataType.FLOAT32, DataType.BFLOAT16, DataType.FLOAT16).get(random.nextInt(3));
        try (CudaFixture fixture = CudaFixture.open(); RawBatch batch = new RawBatch(fixture.device(), layout)) {
            fill(batch, random);
            SharedBatches.describe(batch, random);
            try (Decoded decoded = new Decoded(fixture, layout, type, batch)) {
                decoded.uploadAndRun();
                decoded.assertAgrees();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 255, 256, 257, 2047, 2048, 2049, 4096, 4097})
    void batchesAroundBlocks(int batchSize) {
        RawBatchLayout layout = new RawBatchLayout(batchSize, 1, DataType.FLOAT16, COLUMNS);
        try (CudaFixture fixture = CudaFixture.open(); RawBatch batch = new RawBatch(fixture.device(), layout)) {
            fill(batch, new Random(batchSize));
            batch.describe(batchSize - 1, 0);
            try (Decoded decoded = new Decoded(fixture, layout, DataType.BFLOAT16, batch)) {
                decoded.uploadAndRun();
                decoded.assertAgrees();
            }
        }
    }

    /** More features than a block has threads, so that a thread stays in one row. */
    @Test
    void manyFeatures() {
        RawBatchLayout layout = new RawBatchLayout(13, 700, DataType.FLOAT32, List.of());
        try (CudaFixture fixture = CudaFixture.open(); RawBatch batch = new RawBatch(fixture.device(), layout)) {
            fill(batch, new Random(1));
            batch.describe(11, 0);
            try (Decoded decoded = new Decoded(fixture, layout, DataType.FLOAT16, batch)) {
                decoded.uploadAndRun();
                decoded.assertAgrees();
            }
        }
    }

    @Test
    void capturedDecodingReadsEveryBatchThatIsUploaded() {
        RawBatchLayout layout = new RawBatchLayout(100, 3, DataType.FLOAT16, COLUMNS);
        try (CudaFixture fixture = CudaFixture.open(); RawBatch batch = new RawBatch(fixture.device(), layout);
                Decoded decoded = new Decoded(fixture, layout, DataType.FLOAT32, batch)) {
            Operation decode = fixture.device().capture("decode", fixture.stream(), decoded.decoder.decode());
            for (int step = 0; step < 5; step++) {
                fill(batch, new Random(step));
                batch.describe(100 - step, step);
                decoded.decoder.upload(fixture.stream());
                fixture.run(decode);
                decoded.assertAgrees();
            }
            decoded.decoder.check();
        }
    }

    @Test
    void batchesOfOtherBuffersFollowEachOtherWithoutAWait() {
        RawBatchLayout layout = new RawBatchLayout(64, 2, DataType.FLOAT32, COLUMNS);
        try (CudaFixture fixture = CudaFixture.open()) {
            List<RawBatch> batches = new Random(3).ints(20).mapToObj(seed -> batch(fixture, layout, seed)).toList();
            RawBatch[] current = new RawBatch[1];
            try (Decoded decoded = new Decoded(fixture, layout, DataType.FLOAT32, () -> current[0])) {
                for (RawBatch batch : batches) {
                    current[0] = batch;
                    decoded.decoder.upload(fixture.stream());
                    decoded.decoder.decode().launch(fixture.stream());
                }
                fixture.stream().synchronize();
                decoded.assertAgrees();
            }
            batches.forEach(RawBatch::close);
        }
    }

    private static RawBatch batch(CudaFixture fixture, RawBatchLayout layout, int seed) {
        RawBatch batch = new RawBatch(fixture.device(), layout);
        fill(batch, new Random(seed));
        batch.describe(layout.batchSize(), 0);
        return batch;
    }

    @Test
    void reportsWhatTheCpuReports() {
        RawBatchLayout layout = new RawBatchLayout(5000, 3, DataType.FLOAT16, COLUMNS);
        try (CudaFixture fixture = CudaFixture.open(); RawBatch batch = new RawBatch(fixture.device(), layout)) {
            fill(batch, new Random(1));
            batch.describe(5000, 1_000_000);
            try (Decoded decoded = new Decoded(fixture, layout, DataType.FLOAT32, batch)) {
                decoded.uploadAndRun();
                decoded.decoder.check();
                batch.numerical().setAtIndex(ValueLayout.JAVA_SHORT, 4 * 3 + 1, Float.floatToFloat16(Float.NEGATIVE_INFINITY));
                decoded.assertReports("numerical column 1, sample 1000004: -Infinity is not a finite number");
                batch.numerical().setAtIndex(ValueLayout.JAVA_SHORT, 4 * 3, Float.floatToFloat16(Float.NaN));
                decoded.assertReports("numerical column 0, sample 1000004: NaN is not a finite number");
                batch.labels().set(ValueLayout.JAVA_BYTE, 4999, (byte) -3);
                decoded.assertReports("the label, sample 1004999: -3 is neither 0 nor 1");
                batch.categorical(2).setAtIndex(ValueLayout.JAVA_INT, 3, Integer.MIN_VALUE);
                decoded.assertReports("feature large, sample 1000001: id -2147483648 is outside");
                batch.categorical(1).setAtIndex(ValueLayout.JAVA_SHORT, 3 * 4_999 + 2, (short) 30_000);
                batch.categorical(1).setAtIndex(ValueLayout.JAVA_SHORT, 3 * 3_999 + 2, (short) 30_001);
                decoded.assertReports("feature middle, sample 1003999: id 30001 is outside [0, 30000)");
                batch.categorical(0).set(ValueLayout.JAVA_BYTE, 7, (byte) -1);
                decoded.assertReports("feature small, sample 1000007: id -1 is outside [0, 100)");
                batch.describe(1, 1_000_000);
                decoded.uploadAndRun();
                decoded.decoder.check();
            }
        }
    }

    /** A sample's number counts from the first one of its column. */
    @Test
    void reportsBadValuesOfColumnsWithOtherSamples() {
        RawBatchLayout layout = new RawBatchLayout(2000, 1, DataType.FLOAT16, COLUMNS)
                .withExtents(List.of(ColumnExtent.NONE, ColumnExtent.GLOBAL, ColumnExtent.SHARE), 6000);
        try (CudaFixture fixture = CudaFixture.open(); RawBatch batch = new RawBatch(fixture.device(), layout)) {
            fill(batch, new Random(1));
            batch.describe(ColumnExtent.SHARE, 1500, 1_004_000);
            batch.describe(ColumnExtent.GLOBAL, 5500, 1_000_000);
            try (Decoded decoded = new Decoded(fixture, layout, DataType.FLOAT32, batch)) {
                batch.categorical(1).setAtIndex(ValueLayout.JAVA_SHORT, 3 * 5500, (short) -1);
                batch.categorical(2).setAtIndex(ValueLayout.JAVA_INT, 2 * 1500, -1);
                decoded.uploadAndRun();
                decoded.decoder.check();
                batch.labels().set(ValueLayout.JAVA_BYTE, 1499, (byte) 3);
                decoded.assertReports("the label, sample 1005499: 3 is neither 0 nor 1");
                batch.categorical(2).setAtIndex(ValueLayout.JAVA_INT, 2 * 1499 + 1, -1);
                decoded.assertReports("feature large, sample 1005499: id -1 is outside");
                batch.categorical(1).setAtIndex(ValueLayout.JAVA_SHORT, 3 * 5499 + 2, (short) -7);
                decoded.assertReports("feature middle, sample 1005499: id -7 is outside [0, 30000)");
            }
        }
    }

    @Test
    void reportsTheEarliestBatchSinceTheLastCheckAndDecodesBadIdsAsZero() {
        RawBatchLayout layout = new RawBatchLayout(300, 0, DataType.FLOAT16, COLUMNS);
        try (CudaFixture fixture = CudaFixture.open(); RawBatch batch = new RawBatch(fixture.device(), layout);
                Decoded decoded = new Decoded(fixture, layout, DataType.FLOAT32, batch)) {
            for (int round = 0; round < 2; round++) {
                fill(batch, new Random(1));
                batch.describe(300, 0);
                decoded.uploadAndRun();
                batch.labels().set(ValueLayout.JAVA_BYTE, 200, (byte) 5);
                batch.describe(300, 300);
                decoded.uploadAndRun();
                batch.categorical(0).set(ValueLayout.JAVA_BYTE, 3, (byte) 100);
                batch.describe(300, 600);
                decoded.uploadAndRun();
                assertThat(fixture.get(decoded.ids, 0, 3)).isZero();
                assertThatThrownBy(decoded.decoder::check).isInstanceOf(InvalidLabelException.class).hasMessage("the label, sample 500: 5 is neither 0 nor 1");
                assertThatCode(decoded.decoder::check).doesNotThrowAnyException();
            }
        }
    }

    @Test
    void whatIsWrongWithABatchAheadIsLeftToALaterCheck() {
        RawBatchLayout layout = new RawBatchLayout(300, 0, DataType.FLOAT16, COLUMNS);
        try (CudaFixture fixture = CudaFixture.open(); RawBatch batch = new RawBatch(fixture.device(), layout);
                Decoded decoded = new Decoded(fixture, layout, DataType.FLOAT32, batch)) {
            fill(batch, new Random(1));
            batch.describe(300, 0);
            decoded.uploadAndRun();
            batch.labels().set(ValueLayout.JAVA_BYTE, 200, (byte) 5);
            batch.describe(300, 300);
            decoded.uploadAndRun();
            assertThatCode(() -> decoded.decoder.check(1)).doesNotThrowAnyException();
            batch.labels().set(ValueLayout.JAVA_BYTE, 100, (byte) 7);
            batch.describe(300, 600);
            decoded.uploadAndRun();
            assertThatCode(() -> decoded.decoder.check(2)).doesNotThrowAnyException();
            assertThatThrownBy(() -> decoded.decoder.check(1)).isInstanceOf(InvalidLabelException.class)
                    .hasMessage("the label, sample 500: 5 is neither 0 nor 1");
            batch.labels().fill((byte) 0);
            decoded.uploadAndRun();
            assertThatCode(() -> decoded.decoder.check(1)).doesNotThrowAnyException();
            batch.labels().set(ValueLayout.JAVA_BYTE, 1, (byte) -1);
            decoded.uploadAndRun();
            assertThatThrownBy(() -> decoded.decoder.check(0)).hasMessage("the label, sample 601: -1 is neither 0 nor 1");
        }
    }

    @Test
    void largestAndSmallestIdsOfEveryType() {
        RawBatchLayout layout = new RawBatchLayout(2, 0, DataType.FLOAT16, List.of(
                new RawBatchLayout.CategoricalColumn("bytes", 128, DataType.INT8, 1),
                new RawBatchLayout.CategoricalColumn("shorts", 32_768, DataType.INT16, 1),
                new RawBatchLayout.CategoricalColumn("ints", 1L << 40, DataType.INT32, 1)));
        try (CudaFixture fixture = CudaFixture.open(); RawBatch batch = new RawBatch(fixture.device(), layout);
                Decoded decoded = new Decoded(fixture, layout, DataType.FLOAT32, batch)) {
            batch.describe(2, 0);
            batch.categorical(0).set(ValueLayout.JAVA_BYTE, 1, Byte.MAX_VALUE);
            batch.categorical(1).setAtIndex(ValueLayout.JAVA_SHORT, 1, Short.MAX_VALUE);
            batch.categorical(2).setAtIndex(ValueLayout.JAVA_INT, 1, Integer.MAX_VALUE);
            decoded.uploadAndRun();
            decoded.decoder.check();
            assertThat(fixture.values(decoded.ids)[0]).containsExactly(0, Byte.MAX_VALUE, 0, Short.MAX_VALUE, 0, Integer.MAX_VALUE);
            batch.categorical(2).setAtIndex(ValueLayout.JAVA_INT, 1, -1);
            decoded.assertReports("feature ints, sample 1: id -1 is outside [0, 1099511627776)");
        }
    }

    @Test
    void uploadingAndDecodingAllocateNothing() {
        RawBatchLayout layout = new RawBatchLayout(4, 0, DataType.FLOAT16, COLUMNS);
        try (CudaFixture fixture = CudaFixture.silent(); RawBatch batch = new RawBatch(fixture.device(), layout);
                Decoded decoded = new Decoded(fixture, layout, DataType.FLOAT32, batch)) {
            fixture.assertAllocatesNothing(decoded.decoder::upload, decoded.decoder.decode());
        }
    }

    @Test
    void refusesOtherBatches() {
        RawBatchLayout layout = new RawBatchLayout(4, 1, DataType.FLOAT16, COLUMNS);
        RawBatchLayout other = new RawBatchLayout(5, 1, DataType.FLOAT16, COLUMNS);
        try (CudaFixture fixture = CudaFixture.open(); RawBatch batch = new RawBatch(fixture.device(), other);
                Decoded decoded = new Decoded(fixture, layout, DataType.FLOAT32, batch)) {
            assertThatThrownBy(decoded::uploadAndRun).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("other columns");
        }
    }

    private static void fill(RawBatch batch, Random random) {
        RawBatchLayout layout = batch.layout();
        boolean half = layout.numericalType() == DataType.FLOAT16;
        for (int sample = 0; sample < layout.batchSize(); sample++) {
            batch.labels().set(ValueLayout.JAVA_BYTE, sample, (byte) random.nextInt(2));
        }
        for (int index = 0; index < layout.batchSize() * layout.numericalFeatures(); index++) {
            float value = 100 * random.nextFloat() - 50;
            if (half) {
                batch.numerical().setAtIndex(ValueLayout.JAVA_SHORT, index, Float.floatToFloat16(value));
            } else {
                batch.numerical().setAtIndex(ValueLayout.JAVA_FLOAT, index, value);
            }
        }
        SharedBatches.fillIds(batch, random);
    }

    /** Where a batch is decoded to, on the CUDA device and on the CPU. */
    private static final class Decoded implements AutoCloseable {

        private static final int PADDED = 3;
        private static final double PADDING = 77;

        private final CudaFixture fixture;
        private final RawBatchLayout layout;
        private final BatchOperations.Source source;
        private final Tensor numerical;
        private final Tensor ids;
        private final Tensor labels;
        private final Decoder decoder;

        Decoded(CudaFixture fixture, RawBatchLayout layout, DataType type, RawBatch batch) {
            this(fixture, layout, type, () -> batch);
        }

        Decoded(CudaFixture fixture, RawBatchLayout layout, DataType type, BatchOperations.Source source) {
            this.fixture = fixture;
            this.layout = layout;
            this.source = source;
            numerical = layout.numericalFeatures() == 0 ? null : fixture.zeros(type, layout.batchSize(), layout.numericalFeatures() + PADDED, 1);
            if (numerical != null) {
                fixture.fill(numerical, (row, column) -> PADDING);
            }
            ids = layout.categorical().isEmpty() ? null : fixture.zeros(DataType.INT32, 1, (int) layout.idsPerBatch());
            labels = fixture.zeros(DataType.FLOAT32, 1, layout.batchSize());
            decoder = fixture.device().batch().decoder(layout, source, numerical, ids, labels);
        }

        void uploadAndRun() {
            decoder.upload(fixture.stream());
            fixture.run(decoder.decode());
        }

        /** Decodes on the CPU what the CUDA device has decoded, and demands the same. */
        void assertAgrees() {
            Tensor expected = numerical == null ? null : fixture.cpu().zeros(DataType.FLOAT32, numerical.rows(), numerical.columns());
            Tensor expectedIds = ids == null ? null : fixture.cpu().zeros(DataType.INT32, 1, ids.columns());
            Tensor expectedLabels = fixture.cpu().zeros(DataType.FLOAT32, 1, labels.columns());
            fixture.cpu().device().batch().decoder(layout, source, expected, expectedIds, expectedLabels).decode().launch(null);
            assertThat(fixture.bytes(labels)).isEqualTo(bytes(expectedLabels));
            if (layout.idsPerBatch() > 0) {
                assertThat(fixture.bytes(ids)).isEqualTo(bytes(expectedIds));
            }
            if (numerical != null) {
                assertAgrees(expected);
            }
        }

        private void assertAgrees(Tensor expected) {
            double[][] actual = fixture.values(numerical);
            Tensor rounded = fixture.zeros(numerical.type(), numerical.rows(), numerical.columns());
            fixture.fill(rounded, (row, column) -> column < layout.numericalFeatures()
                    ? expected.hostSegment().get(ValueLayout.JAVA_FLOAT, expected.byteOffset(row, column)) : PADDING);
            assertThat(actual).isDeepEqualTo(fixture.values(rounded));
            fixture.assertGapsUntouched(numerical);
        }

        private static byte[] bytes(Tensor tensor) {
            return tensor.hostSegment().asSlice(0, tensor.elements() * tensor.type().byteSize()).toArray(ValueLayout.JAVA_BYTE);
        }

        /** Demands this message, and the same from the CPU. */
        void assertReports(String message) {
            uploadAndRun();
            assertThatThrownBy(decoder::check).isInstanceOf(InvalidSampleException.class).hasMessageStartingWith(message)
                    .satisfies(failure -> assertThatThrownBy(this::assertAgrees).isInstanceOf(failure.getClass()).hasMessage(failure.getMessage()));
        }

        @Override
        public void close() {
            decoder.close();
        }
    }
}
