package crosscut.engine.data;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.kernels.batch.ColumnExtent;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.batch.RawBatchLayout.CategoricalColumn;
import crosscut.kernels.device.DataType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Batches gathered column by column against samples taken one by one. */
class StoredColumnsTest {

    /** Rows of one word and of several, of less than one, and of more than is copied by words. */
    private static RawBatchLayout layout(int samples, int numericalFeatures) {
        return new RawBatchLayout(samples, numericalFeatures, DataType.FLOAT16, List.of(
                new CategoricalColumn("byte", 100, DataType.INT8, 1), new CategoricalColumn("short", 1000, DataType.INT16, 1),
                new CategoricalColumn("int", 100_000, DataType.INT32, 1), new CategoricalColumn("two", 100_000, DataType.INT32, 2),
                new CategoricalColumn("three bytes", 100, DataType.INT8, 3), new CategoricalColumn("seven", 1000, DataType.INT16, 7),
                new CategoricalColumn("many", 100_000, DataType.INT32, 130)));
    }

    private static RawBatch filled(RawBatchLayout layout) {
        RawBatch batch = RawBatch.withoutDevice(layout);
        SplittableRandom random = new SplittableRandom(layout.batchSize());
        fill(batch.labels(), random);
        fill(batch.numerical(), random);
        for (int table = 0; table < layout.categorical().size(); table++) {
            fill(batch.categorical(table), random);
        }
        return batch;
    }

    private static void fill(MemorySegment column, SplittableRandom random) {
        for (long index = 0; index < column.byteSize(); index++) {
            column.set(ValueLayout.JAVA_BYTE, index, (byte) random.nextInt());
        }
    }

    private static StoredColumns columns(RawBatch batch) {
        int numericalBytes = batch.layout().numericalFeatures() * batch.layout().numericalType().byteSize();
        return new StoredColumns(new StoredColumn(batch.labels(), Byte.BYTES),
                numericalBytes == 0 ? null : new StoredColumn(batch.numerical(), numericalBytes),
                IntStream.range(0, batch.layout().categorical().size())
                        .mapToObj(table -> new StoredColumn(batch.categorical(table), batch.layout().categorical().get(table).sampleBytes())).toList());
    }

    private static void assertRows(MemorySegment actual, MemorySegment stored, int rowBytes, SampleOrder order, long first, int rows) {
        for (int row = 0; row < rows; row++) {
            MemorySegment expected = stored.asSlice(order.sampleAt(first + row) * rowBytes, rowBytes);
            assertThat(actual.asSlice((long) row * rowBytes, rowBytes).mismatch(expected)).as("row %d of %d bytes", row, rowBytes).isEqualTo(-1);
        }
        MemorySegment rest = actual.asSlice((long) rows * rowBytes);
        assertThat(rest.mismatch(MemorySegment.ofArray(new byte[(int) rest.byteSize()]))).as("what lies behind %d rows", rows).isEqualTo(-1);
    }

    private static void assertBatch(RawBatch actual, RawBatch stored, SampleOrder order) {
        RawBatchLayout layout = stored.layout();
        long first = actual.firstSample(ColumnExtent.SHARE);
        assertRows(actual.labels(), stored.labels(), 1, order, first, actual.rows());
        if (layout.numericalFeatures() > 0) {
            assertRows(actual.numerical(), stored.numerical(), layout.numericalFeatures() * Short.BYTES, order, first, actual.rows());
        }
        for (int table = 0; table < layout.categorical().size(); table++) {
            ColumnExtent extent = actual.extent(table);
            assertRows(actual.categorical(table), stored.categorical(table), layout.categorical().get(table).sampleBytes(), order,
                    actual.firstSample(extent), extent == ColumnExtent.NONE ? 0 : actual.rows(extent));
        }
    }

    @Property(tries = 60)
    void everyRankGathersItsSamplesOfEveryBatch(@ForAll @IntRange(min = 1, max = 300) int samples, @ForAll @IntRange(max = 14) int numericalFeatures,
                                                @ForAll @IntRange(min = 10, max = 40) int share, @ForAll @IntRange(min = 1, max = 3) int ranks,
                                                @ForAll boolean shuffle, @ForAll int seed) {
        SampleOrder order = shuffle ? new ShuffledOrder(samples, seed, 1) : SampleOrder.STORED;
        ColumnExtent[] all = ColumnExtent.values();
        try (RawBatch stored = filled(layout(samples, numericalFeatures))) {
            StoredColumns columns = columns(stored);
            List<ColumnExtent> extents = new SplittableRandom(seed).ints(7, 0, all.length).mapToObj(extent -> all[extent]).toList();
            RawBatchLayout layout = layout(share, numericalFeatures).withExtents(extents, share * ranks);
            for (int rank = 0; rank < ranks; rank++) {
                RankBatches batches = new RankBatches(rank, layout, samples);
                for (long index = 0; index < batches.all(); index++) {
                    try (RawBatch batch = RawBatch.withoutDevice(layout)) {
                        batches.describe(index, batch);
                        columns.read(order, batch);
                        assertBatch(batch, stored, order);
                    }
                }
            }
        }
    }

    /** Two blocks, the second of which is no whole one. */
    @Example
    void aBatchOfSeveralBlocks() {
        int samples = SampleBlock.MOST_SAMPLES + 1500;
        CategoricalColumn ids = new CategoricalColumn("ids", 100, DataType.INT32, 1);
        RawBatchLayout layout = new RawBatchLayout(samples, 13, DataType.FLOAT16, List.of(ids));
        SampleOrder order = new ShuffledOrder(samples, 3, 0);
        try (RawBatch stored = filled(layout); RawBatch batch = RawBatch.withoutDevice(layout)) {
            batch.describe(samples - 7, 7);
            columns(stored).read(order, batch);
            assertBatch(batch, stored, order);
        }
    }
}
