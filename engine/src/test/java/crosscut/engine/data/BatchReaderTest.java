package crosscut.engine.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import crosscut.engine.UserException;
import crosscut.kernels.batch.ColumnExtent;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.batch.RawBatchLayout;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class BatchReaderTest {

    private static List<RawBatch> ring(SampleSource source, int batchSize, int count) {
        return ring(source.layout(batchSize), count);
    }

    private static List<RawBatch> ring(RawBatchLayout layout, int count) {
        return IntStream.range(0, count).mapToObj(_ -> RawBatch.withoutDevice(layout)).toList();
    }

    private static List<Long> ids(RawBatch batch) {
        return IntStream.range(0, batch.rows(batch.extent(0))).mapToObj(row -> (long) batch.categorical(0).getAtIndex(ValueLayout.JAVA_INT, row)).toList();
    }

    private static List<Long> drain(BatchReader reader) {
        List<Long> samples = new ArrayList<>();
        for (RawBatch batch = reader.next(); batch != null; batch = reader.next()) {
            samples.addAll(ids(batch));
            reader.release(batch);
        }
        return samples;
    }

    @Property(tries = 60)
    void readsEverySampleOnceInOrderFromAnyBatchOn(@ForAll @IntRange(min = 1, max = 400) int samples, @ForAll @IntRange(min = 1, max = 60) int batchSize,
                                                   @ForAll @IntRange(min = 0, max = 10) int firstBatch, @ForAll @IntRange(min = 2, max = 4) int buffers,
                                                   @ForAll boolean shuffle) {
        SampleSource source = new CountingSource(samples);
        SampleOrder order = shuffle ? new ShuffledOrder(samples, 7, 1) : SampleOrder.STORED;
        List<RawBatch> ring = ring(source, batchSize, buffers);
        long[] all = LongStream.range(0, samples).map(order::sampleAt).toArray();
        int skipped = Math.min(firstBatch * batchSize, samples);
        try (BatchReader reader = BatchReader.allSamples(source, order, firstBatch, ring)) {
            assertThat(drain(reader)).containsExactlyElementsOf(LongStream.of(all).skip(skipped).boxed().toList());
            assertThat(reader.hasNext()).isFalse();
            assertThat(reader.next()).isNull();
        }
        if (samples >= batchSize) {
            int whole = Math.max(0, samples / batchSize * batchSize - skipped);
            try (BatchReader reader = BatchReader.wholeBatches(source, order, firstBatch, ring)) {
                assertThat(drain(reader)).containsExactlyElementsOf(LongStream.of(all).skip(skipped).limit(whole).boxed().toList());
            }
        }
        ring.forEach(RawBatch::close);
    }

    /** All ranks together have every sample once, those of lower ranks first, and each has all of them in a column that holds those of all ranks. */
    @Property(tries = 60)
    void ranksShareEveryBatch(@ForAll @IntRange(min = 1, max = 200) int samples, @ForAll @IntRange(min = 1, max = 9) int share,
                              @ForAll @IntRange(min = 1, max = 5) int ranks, @ForAll @IntRange(min = 0, max = 3) int firstBatch, @ForAll boolean shuffle) {
        SampleSource source = new CountingSource(samples);
        SampleOrder order = shuffle ? new ShuffledOrder(samples, 7, 1) : SampleOrder.STORED;
        int globalBatch = share * ranks;
        List<Long> all = LongStream.range(0, samples).map(order::sampleAt).boxed().toList();
        List<Long> left = all.subList(Math.min(firstBatch * globalBatch, samples), samples);
        Map<Integer, List<Long>> byBatch = new TreeMap<>();
        for (int rank = 0; rank < ranks; rank++) {
            List<RawBatch> own = ring(source.layout(share).withExtents(List.of(ColumnExtent.SHARE), globalBatch), 2);
            List<RawBatch> global = ring(source.layout(share).withExtents(List.of(ColumnExtent.GLOBAL), globalBatch), 2);
            try (BatchReader ownReader = BatchReader.allSamples(source, rank, order, firstBatch, own);
                    BatchReader globalReader = BatchReader.allSamples(source, rank, order, firstBatch, global)) {
                int batches = 0;
                for (RawBatch batch = ownReader.next(); batch != null; batch = ownReader.next()) {
                    byBatch.computeIfAbsent(batches++, _ -> new ArrayList<>()).addAll(ids(batch));
                    ownReader.release(batch);
                }
                assertThat(batches).isEqualTo(Math.ceilDiv(left.size(), globalBatch));
                assertThat(drain(globalReader)).isEqualTo(left);
            }
            if (samples >= globalBatch) {
                try (BatchReader reader = BatchReader.wholeBatches(source, rank, order, firstBatch, own)) {
                    assertThat(drain(reader)).hasSize(left.size() / globalBatch * share);
                }
            }
            own.forEach(RawBatch::close);
            global.forEach(RawBatch::close);
        }
        assertThat(byBatch.values().stream().flatMap(List::stream).toList()).isEqualTo(left);
    }

    @Example
    void fewerSamplesThanABatchAreRefusedWithBothNumbers() {
        SampleSource source = new CountingSource(1000);
        List<RawBatch> ring = ring(source, 65_536, 2);
        assertThatThrownBy(() -> BatchReader.wholeBatches(source, SampleOrder.STORED, 0, ring)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("train has 1000 samples, fewer than one batch of 65536");
        ring.forEach(RawBatch::close);
    }

    @Example
    void failuresOfTheThreadSurfaceAfterTheGoodBatches() {
        SampleSource source = new CountingSource(100) {
            @Override
            public void read(SampleOrder order, RawBatch target) {
                if (target.firstSample(ColumnExtent.SHARE) >= 30) {
                    throw new UserException("the disk is gone");
                }
                super.read(order, target);
            }
        };
        List<RawBatch> ring = ring(source, 10, 2);
        try (BatchReader reader = BatchReader.wholeBatches(source, SampleOrder.STORED, 0, ring)) {
            for (int batch = 0; batch < 3; batch++) {
                assertThat(reader.hasNext()).isTrue();
                reader.release(reader.next());
            }
            assertThat(reader.hasNext()).isFalse();
            assertThatThrownBy(reader::next).isInstanceOf(UserException.class).hasMessage("the disk is gone");
            assertThatThrownBy(reader::next).isInstanceOf(UserException.class).hasMessage("the disk is gone");
        }
        ring.forEach(RawBatch::close);
    }

    @Example
    void closesWhileTheThreadWaitsForABuffer() {
        SampleSource source = new CountingSource(1_000_000);
        List<RawBatch> ring = ring(source, 10, 3);
        BatchReader reader = BatchReader.wholeBatches(source, SampleOrder.STORED, 0, ring);
        RawBatch batch = reader.next();
        long start = System.nanoTime();
        reader.close();
        assertThat(System.nanoTime() - start).isLessThan(2_000_000_000L);
        assertThatThrownBy(reader::next).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        reader.release(batch);
        reader.close();
        ring.forEach(RawBatch::close);
    }

    @Example
    void foreignAndTwiceReleasedBatchesAreRefused() {
        SampleSource source = new CountingSource(100);
        List<RawBatch> ring = ring(source, 10, 2);
        try (RawBatch foreign = RawBatch.withoutDevice(source.layout(10)); BatchReader reader = BatchReader.wholeBatches(source, SampleOrder.STORED, 9, ring)) {
            RawBatch batch = reader.next();
            reader.release(batch);
            assertThatThrownBy(() -> reader.release(batch)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> reader.release(foreign)).isInstanceOf(IllegalArgumentException.class);
        }
        ring.forEach(RawBatch::close);
    }

    @Example
    void countsTheTimeThatTheConsumerWaited() throws InterruptedException {
        CountDownLatch slow = new CountDownLatch(1);
        SampleSource source = new CountingSource(20) {
            @Override
            public void read(SampleOrder order, RawBatch target) {
                try {
                    slow.await();
                } catch (InterruptedException interruption) {
                    throw new IllegalStateException(interruption);
                }
                super.read(order, target);
            }
        };
        List<RawBatch> ring = ring(source, 10, 2);
        try (BatchReader reader = BatchReader.wholeBatches(source, SampleOrder.STORED, 0, ring)) {
            Thread opener = Thread.startVirtualThread(() -> {
                try {
                    Thread.sleep(50);
                } catch (InterruptedException interruption) {
                    throw new IllegalStateException(interruption);
                }
                slow.countDown();
            });
            assertThat(reader.next()).isNotNull();
            opener.join();
            assertThat(reader.waitNanos()).isBetween(30_000_000L, 5_000_000_000L);
        }
        ring.forEach(RawBatch::close);
    }

    /**
     * What is allocated per batch shows in every window of batches. A window that allocates nothing on either side therefore shows that nothing is; one without
     * it may have met the JIT, which allocates a few bytes once when it replaces compiled code.
     */
    @Example
    void allocatesNothingPerBatchOnEitherSide() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int window = 500;
        int batches = 20 * window;
        long[] producer = new long[batches];
        long[] consumer = new long[batches];
        SampleSource source = new CountingSource(batches * 8L) {
            @Override
            public void read(SampleOrder order, RawBatch target) {
                super.read(order, target);
                producer[(int) (target.firstSample(ColumnExtent.SHARE) / 8)] = threads.getCurrentThreadAllocatedBytes();
            }
        };
        List<RawBatch> ring = ring(source, 8, 2);
        try (BatchReader reader = BatchReader.wholeBatches(source, new ShuffledOrder(batches * 8L, 1, 1), 0, ring)) {
            for (int index = 0; index < batches; index++) {
                reader.release(reader.next());
                consumer[index] = threads.getCurrentThreadAllocatedBytes();
            }
        }
        ring.forEach(RawBatch::close);
        long least = Long.MAX_VALUE;
        for (int end = 2 * window - 1; end < batches; end += window) {
            least = Math.min(least, consumer[end] - consumer[end - window] + producer[end] - producer[end - window]);
        }
        assertThat(least).as("bytes of the best window of %d batches", window).isZero();
    }
}
