package crosscut.engine.parallel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.engine.UserException;
import crosscut.engine.data.SampleOrder;
import crosscut.engine.data.SampleSource;
import crosscut.kernels.batch.RawBatch;
import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.device.DataType;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RankSamplesTest {

    /** Samples whose only id is their own index. */
    private record Indices(long samples) implements SampleSource {

        @Override
        public String split() {
            return "train";
        }

        @Override
        public RawBatchLayout layout(int batchSize) {
            return new RawBatchLayout(batchSize, 0, DataType.FLOAT16, List.of(new RawBatchLayout.CategoricalColumn("index", 1000, DataType.INT32, 1)));
        }

        @Override
        public void read(SampleOrder order, long first, int rows, RawBatch target) {
            for (int row = 0; row < rows; row++) {
                target.categorical(0).setAtIndex(ValueLayout.JAVA_INT, row, (int) order.sampleAt(first + row));
            }
            target.describe(rows, first);
        }

        @Override
        public String fingerprint() {
            return "indices";
        }

        @Override
        public void close() {
            // Holds nothing.
        }
    }

    private static List<Integer> readAll(SampleSource source, int batchSize, SampleOrder order) {
        List<Integer> read = new ArrayList<>();
        try (RawBatch batch = RawBatch.withoutDevice(source.layout(batchSize))) {
            for (long first = 0; first < source.samples(); first += batchSize) {
                source.read(order, first, batchSize, batch);
                for (int row = 0; row < batch.rows(); row++) {
                    read.add(batch.categorical(0).getAtIndex(ValueLayout.JAVA_INT, row));
                }
                read.add(-1);
            }
        }
        return read;
    }

    @Test
    void trainingReadsItsPartOfWholeBatches() {
        List<List<Integer>> parts = ThreadWorld.run(3, world -> readAll(RankSamples.ofWholeBatches(new Indices(16), world, 6), 2, SampleOrder.STORED));
        assertThat(parts).containsExactly(List.of(0, 1, -1, 6, 7, -1), List.of(2, 3, -1, 8, 9, -1), List.of(4, 5, -1, 10, 11, -1));
    }

    @Test
    void evaluationReadsThePartialBatchTooAndAllRanksTakePart() {
        List<List<Integer>> parts = ThreadWorld.run(3, world -> readAll(RankSamples.ofAllBatches(new Indices(9), world, 6), 2, SampleOrder.STORED));
        assertThat(parts).containsExactly(List.of(0, 1, -1, 6, 7, -1), List.of(2, 3, -1, 8, -1), List.of(4, 5, -1, -1));
    }

    @Test
    void aShuffledOrderIsThatOfTheWholeBatch() {
        SampleOrder backwards = position -> 11 - position;
        List<List<Integer>> parts = ThreadWorld.run(2, world -> readAll(RankSamples.ofWholeBatches(new Indices(12), world, 4), 2, backwards));
        assertThat(parts).containsExactly(List.of(11, 10, -1, 7, 6, -1, 3, 2, -1), List.of(9, 8, -1, 5, 4, -1, 1, 0, -1));
    }

    @Test
    void oneRankReadsTheSourceItself() {
        SampleSource source = new Indices(5);
        assertThat(RankSamples.ofWholeBatches(source, World.single(), 2)).isSameAs(source);
        assertThat(RankSamples.ofAllBatches(source, World.single(), 2)).isSameAs(source);
    }

    @Test
    void aBatchThatCannotBeDividedIsRefusedWithTheOneThatCan() {
        ThreadWorld.run(3, world -> {
            assertThat(world.shareOf("--batch_size", 12)).isEqualTo(4);
            assertThatThrownBy(() -> world.shareOf("--batch_size", 64)).isInstanceOf(UserException.class)
                    .hasMessage("--batch_size 64 cannot be divided evenly among 3 ranks: use 63, the next smaller that can");
            assertThatThrownBy(() -> world.shareOf("--valid_batch_size", 2)).hasMessageContaining("use 3, the smallest that can");
            return null;
        });
    }

    @Test
    void ranksAgree() {
        ThreadWorld.run(3, world -> {
            assertThat(world.isTrueOnAnyRank(world.rank() == 2)).isTrue();
            assertThat(world.isTrueOnAnyRank(false)).isFalse();
            world.requireSame("the train data", "alike");
            assertThatThrownBy(() -> world.requireSame("the train data", "seen by " + (world.rank() > 0))).isInstanceOf(UserException.class)
                    .hasMessage("the train data differ between ranks: rank 0 has seen by false, but rank 1 has seen by true");
            return null;
        });
    }
}
