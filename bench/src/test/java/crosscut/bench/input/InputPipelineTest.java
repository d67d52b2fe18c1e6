package crosscut.bench.input;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.kernels.batch.RawBatch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** The variants of the benchmark read the same samples. */
class InputPipelineTest {

    private static final int SAMPLES = 4096;
    private static final int TABLES = 26;
    private static final int NUMERICAL_BYTES = 13 * Short.BYTES;

    @Test
    void batchSizesReadTheSameSamplesInTheSameOrder() {
        List<Long> samples = samples(64, InputOrder.STORED);
        assertThat(samples).hasSize(SAMPLES).doesNotHaveDuplicates().isEqualTo(samples(512, InputOrder.STORED));
    }

    @Test
    void shufflingReadsTheSameSamplesInAnotherOrder() {
        List<Long> shuffled = samples(64, InputOrder.SHUFFLED);
        List<Long> stored = samples(64, InputOrder.STORED);
        assertThat(shuffled).isNotEqualTo(stored).containsExactlyInAnyOrderElementsOf(stored);
    }

    @Test
    void aSampleHasTheBytesThatAreSaid() {
        try (InputPipeline pipeline = new InputPipeline(SAMPLES, 64)) {
            assertThat(pipeline.sampleBytes()).isEqualTo(RandomFiles.SAMPLE_BYTES);
        }
    }

    /** A checksum of every sample. */
    private static List<Long> samples(int batchSize, InputOrder order) {
        List<Long> checksums = new ArrayList<>();
        try (InputPipeline pipeline = new InputPipeline(SAMPLES, batchSize)) {
            assertThat(pipeline.epoch(order, batch -> add(batch, checksums))).isEqualTo(SAMPLES);
        }
        return checksums;
    }

    private static void add(RawBatch batch, List<Long> checksums) {
        for (int row = 0; row < batch.rows(); row++) {
            CRC32C checksum = new CRC32C();
            checksum.update(batch.labels().get(ValueLayout.JAVA_BYTE, row));
            update(checksum, batch.numerical(), (long) row * NUMERICAL_BYTES, NUMERICAL_BYTES);
            for (int table = 0; table < TABLES; table++) {
                update(checksum, batch.categorical(table), (long) row * Integer.BYTES, Integer.BYTES);
            }
            checksums.add(checksum.getValue());
        }
    }

    private static void update(CRC32C checksum, MemorySegment column, long offset, int bytes) {
        checksum.update(column.asSlice(offset, bytes).asByteBuffer());
    }
}
