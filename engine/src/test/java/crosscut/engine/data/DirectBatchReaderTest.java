package crosscut.engine.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import crosscut.kernels.batch.ColumnExtent;
import crosscut.kernels.batch.RawBatch;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class DirectBatchReaderTest {

    /** Rows, first sample and ids of every batch. */
    private static List<List<Long>> drain(BatchSupply supply) {
        List<List<Long>> batches = new ArrayList<>();
        for (RawBatch batch = supply.next(); batch != null; batch = supply.next()) {
            List<Long> content = new ArrayList<>(List.of((long) batch.rows(), batch.firstSample(ColumnExtent.SHARE)));
            for (int row = 0; row < batch.rows(); row++) {
                content.add((long) batch.categorical(0).getAtIndex(ValueLayout.JAVA_INT, row));
            }
            batches.add(content);
            supply.release(batch);
        }
        return batches;
    }

    @Property(tries = 60)
    void readsTheBatchesThatAReadingThreadWould(@ForAll @IntRange(min = 1, max = 60) int batchSize, @ForAll @IntRange(min = 0, max = 300) int moreSamples,
                                                @ForAll @IntRange(min = 0, max = 10) int firstBatch, @ForAll boolean shuffle) {
        SampleSource source = new CountingSource(batchSize + moreSamples);
        SampleOrder order = shuffle ? new ShuffledOrder(source.samples(), 7, 1) : SampleOrder.STORED;
        List<RawBatch> ring = IntStream.range(0, 2).mapToObj(_ -> RawBatch.withoutDevice(source.layout(batchSize))).toList();
        List<List<Long>> expected;
        try (BatchReader reader = BatchReader.wholeBatches(source, order, firstBatch, ring)) {
            expected = drain(reader);
        }
        try (DirectBatchReader reader = DirectBatchReader.wholeBatches(source, order, firstBatch, ring.getFirst())) {
            assertThat(drain(reader)).isEqualTo(expected);
            assertThat(reader.next()).isNull();
        }
        ring.forEach(RawBatch::close);
    }

    @Example
    void fewerSamplesThanABatchAreRefusedAsByAReadingThread() {
        SampleSource source = new CountingSource(1000);
        try (RawBatch buffer = RawBatch.withoutDevice(source.layout(1001))) {
            assertThatThrownBy(() -> DirectBatchReader.wholeBatches(source, SampleOrder.STORED, 0, buffer)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("train has 1000 samples, fewer than one batch of 1001");
        }
    }

    @Example
    void misuseIsRefused() {
        SampleSource source = new CountingSource(100);
        try (RawBatch buffer = RawBatch.withoutDevice(source.layout(10)); RawBatch foreign = RawBatch.withoutDevice(source.layout(10))) {
            DirectBatchReader reader = DirectBatchReader.wholeBatches(source, SampleOrder.STORED, 0, buffer);
            assertThatThrownBy(() -> reader.release(buffer)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("not handed out");
            RawBatch batch = reader.next();
            assertThatThrownBy(reader::next).isInstanceOf(IllegalStateException.class).hasMessageContaining("train").hasMessageContaining("not given back");
            assertThatThrownBy(() -> reader.release(foreign)).isInstanceOf(IllegalArgumentException.class);
            reader.release(batch);
            assertThatThrownBy(() -> reader.release(batch)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("released twice");
            reader.close();
            assertThatThrownBy(reader::next).isInstanceOf(IllegalStateException.class).hasMessageContaining("train").hasMessageContaining("closed");
        }
    }

    /** A window without allocation shows that nothing is allocated per batch; the JIT may allocate a few bytes in another. */
    @Example
    void allocatesNothingPerBatch() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int window = 500;
        SampleSource source = new CountingSource(20 * window * 8L);
        long least = Long.MAX_VALUE;
        try (RawBatch buffer = RawBatch.withoutDevice(source.layout(8));
                DirectBatchReader reader = DirectBatchReader.wholeBatches(source, new ShuffledOrder(source.samples(), 1, 1), 0, buffer)) {
            for (int windows = 0; windows < 20; windows++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int index = 0; index < window; index++) {
                    reader.release(reader.next());
                }
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
        }
        assertThat(least).as("bytes of the best window of %d batches", window).isZero();
    }
}
