package crosscut.engine.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import crosscut.engine.UserException;
import crosscut.engine.config.DatasetConfig.SyntheticLabels;
import crosscut.kernels.batch.RawBatch;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyntheticDatasetTest {

    private static final Path SMALL = TestResources.nvidia("src_specs/small_synthetic.yaml");

    @TempDir
    Path folder;

    private static SyntheticDataset dataset(Path file, long seed, SyntheticLabels labels, long samples) {
        return SyntheticDataset.create(file, FeatureSpecReader.read(file), seed, labels, samples, samples);
    }

    private static byte[] bytes(SampleSource source, SampleOrder order, long first, int rows) {
        try (RawBatch batch = RawBatch.withoutDevice(source.layout(rows))) {
            source.read(order, first, rows, batch);
            MemorySegment all = MemorySegment.ofArray(new byte[rows * 256]);
            long offset = 0;
            for (int row = 0; row < rows; row++) {
                offset = append(all, offset, batch.labels(), row, 1);
                offset = append(all, offset, batch.numerical(), row, batch.layout().numericalFeatures() * 2);
                for (int table = 0; table < batch.layout().categorical().size(); table++) {
                    offset = append(all, offset, batch.categorical(table), row, batch.layout().categorical().get(table).sampleBytes());
                }
            }
            return all.asSlice(0, offset).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private static long append(MemorySegment target, long offset, MemorySegment column, int row, int rowBytes) {
        MemorySegment.copy(column, (long) row * rowBytes, target, offset, rowBytes);
        return offset + rowBytes;
    }

    @Test
    void samplesDependOnSeedSplitAndIndexOnly() {
        SyntheticDataset dataset = dataset(SMALL, 5, SyntheticLabels.PLANTED, 10_000);
        byte[] inOrder = bytes(dataset.split("train"), SampleOrder.STORED, 700, 64);
        assertThat(bytes(dataset(SMALL, 5, SyntheticLabels.PLANTED, 999_999).split("train"), SampleOrder.STORED, 700, 64)).isEqualTo(inOrder);
        assertThat(bytes(dataset.split("train"), position -> 763 - position, 0, 64)).hasSameSizeAs(inOrder).isNotEqualTo(inOrder);
        assertThat(bytes(dataset.split("train"), position -> position + 700, 0, 64)).isEqualTo(inOrder);
        assertThat(bytes(dataset.split("test"), SampleOrder.STORED, 700, 64)).isNotEqualTo(inOrder);
        assertThat(bytes(dataset(SMALL, 6, SyntheticLabels.PLANTED, 10_000).split("train"), SampleOrder.STORED, 700, 64)).isNotEqualTo(inOrder);
    }

    /** NVIDIA's transcriber drew small_16x512 after this spec: the same law must give the same means within their sampling error. */
    @Test
    void looksLikeWhatTheReferenceDraws() {
        try (RawBinaryDataset theirs = RawBinaryDataset.open(TestResources.nvidia("small_16x512/feature_spec.yaml"))) {
            SampleSource ours = dataset(SMALL, 1, SyntheticLabels.COIN, 8192).split("train");
            try (RawBatch their = RawBatch.withoutDevice(theirs.spec().layout(8192)); RawBatch our = RawBatch.withoutDevice(ours.layout(8192))) {
                theirs.split("train").read(SampleOrder.STORED, 0, 8192, their);
                ours.read(SampleOrder.STORED, 0, 8192, our);
                for (int table = 0; table < 9; table++) {
                    assertThat(our.layout().categorical().get(table).type()).isEqualTo(their.layout().categorical().get(table).type());
                    for (int id = 0; id < 3; id++) {
                        // Difference of two shares, 5 standard errors.
                        assertThat(share(our, table, id)).isCloseTo(share(their, table, id), within(5 * Math.sqrt(2 * .25 / 8192)));
                    }
                }
            }
        }
    }

    private static double share(RawBatch batch, int table, int wanted) {
        int hits = 0;
        for (int row = 0; row < batch.rows(); row++) {
            int id = switch (batch.layout().categorical().get(table).type()) {
                case INT8 -> batch.categorical(table).get(ValueLayout.JAVA_BYTE, row);
                case INT16 -> batch.categorical(table).getAtIndex(ValueLayout.JAVA_SHORT, row);
                default -> batch.categorical(table).getAtIndex(ValueLayout.JAVA_INT, row);
            };
            hits += id == wanted ? 1 : 0;
        }
        return (double) hits / batch.rows();
    }

    @Test
    void theBayesAucIsWhatTheTeachersProbabilitiesReachOnDrawnLabels() {
        int samples = 20_000;
        SyntheticDataset dataset = dataset(SMALL, 3, SyntheticLabels.PLANTED, samples);
        SyntheticSplit test = dataset.split("test");
        assertThat(dataset.bayesAuc()).isBetween(.80, .86).isCloseTo(aucOnDrawnLabels(test, samples), within(.015));
        assertThat(dataset(SMALL, 3, SyntheticLabels.COIN, samples).bayesAuc()).isEqualTo(.5);
    }

    private static double aucOnDrawnLabels(SyntheticSplit split, int samples) {
        try (RawBatch batch = RawBatch.withoutDevice(split.layout(samples))) {
            split.read(SampleOrder.STORED, 0, samples, batch);
            Integer[] order = new Integer[samples];
            for (int sample = 0; sample < samples; sample++) {
                order[sample] = sample;
            }
            Arrays.sort(order, Comparator.comparingDouble((Integer sample) -> split.probability(sample)));
            double positives = 0;
            double rankSum = 0;
            for (int rank = 0; rank < samples; rank++) {
                int label = batch.labels().get(ValueLayout.JAVA_BYTE, order[rank]);
                positives += label;
                rankSum += label * (rank + 1.);
            }
            return (rankSum - positives * (positives + 1) / 2) / (positives * (samples - positives));
        }
    }

    @Test
    void expectedAucOfKnownProbabilities() {
        assertThat(BayesAuc.of(new double[] {0, 1})).isEqualTo(1);
        assertThat(BayesAuc.of(new double[] {.3, .3, .3})).isCloseTo(.5, within(1e-12));
        assertThat(BayesAuc.of(new double[] {0, 0, 0})).isEqualTo(.5);
        // p = .2, .6: concordant .6 * .8; discordant .2 * .4.
        assertThat(BayesAuc.of(new double[] {.6, .2})).isCloseTo(.48 / .56, within(1e-12));
    }

    @Test
    void hotnessUniformIdsAndMissingNumericalFeatures() throws IOException {
        Path file = Files.writeString(folder.resolve("spec.yaml"), """
                channel_spec: {categorical: [many, one], numerical: [], label: [l]}
                feature_spec:
                  many: {dtype: int32, cardinality: 100, hotness: 5}
                  one: {dtype: int16, cardinality: 1}
                  l: {dtype: int8}
                source_spec: null
                """);
        SyntheticDataset dataset = dataset(file, 1, SyntheticLabels.PLANTED, 4000);
        try (RawBatch batch = RawBatch.withoutDevice(dataset.split("train").layout(4000))) {
            dataset.split("train").read(SampleOrder.STORED, 0, 4000, batch);
            int[] counts = new int[100];
            for (int index = 0; index < 20_000; index++) {
                counts[batch.categorical(0).get(ValueLayout.JAVA_BYTE, index)]++;
            }
            // 200 expected each; a Poisson count stays within 6 standard deviations.
            assertThat(Arrays.stream(counts).boxed()).allSatisfy(count -> assertThat(count).isBetween(115, 285));
        }
        assertThat(dataset.bayesAuc()).isGreaterThan(.75);
    }

    @Test
    void nothingToLearnFromIsSaid() throws IOException {
        Path file = Files.writeString(folder.resolve("spec.yaml"), """
                channel_spec: {categorical: [big], numerical: [], label: [l]}
                feature_spec: {big: {dtype: int32, cardinality: 1000000}, l: {dtype: int8}}
                source_spec: null
                """);
        assertThatThrownBy(() -> dataset(file, 1, SyntheticLabels.PLANTED, 10)).isInstanceOf(UserException.class).hasMessageContaining("--labels coin");
        assertThatThrownBy(() -> dataset(file, 1, SyntheticLabels.COIN, 0)).isInstanceOf(UserException.class).hasMessageContaining("train split has 0 samples");
    }

    @Test
    void readingAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        SyntheticSplit split = dataset(SMALL, 1, SyntheticLabels.PLANTED, 100_000).split("train");
        try (RawBatch batch = RawBatch.withoutDevice(split.layout(64))) {
            long[] allocated = new long[2];
            for (int round = 0; round < 4000; round++) {
                allocated[0] = allocated[1];
                split.read(SampleOrder.STORED, round % 1000 * 64, 64, batch);
                allocated[1] = threads.getCurrentThreadAllocatedBytes();
            }
            assertThat(allocated[1] - allocated[0]).isZero();
        }
    }
}
