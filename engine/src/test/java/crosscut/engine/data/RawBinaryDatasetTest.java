package crosscut.engine.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.sun.management.ThreadMXBean;
import crosscut.engine.UserException;
import crosscut.engine.data.FeatureSpec.Feature;
import crosscut.kernels.batch.RawBatch;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class RawBinaryDatasetTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"train", "test"})
    void readsNvidiasFilesWithTheRecordedStatistics(String split) throws IOException {
        JsonNode expected = new ObjectMapper().readTree(Files.readString(TestResources.nvidia("small_16x512_expected_stats.json"))).get(split);
        try (RawBinaryDataset dataset = RawBinaryDataset.open(TestResources.nvidia("small_16x512/feature_spec.yaml"))) {
            SampleSource source = dataset.split(split);
            int rows = (int) source.samples();
            try (RawBatch batch = RawBatch.withoutDevice(source.layout(rows))) {
                source.read(SampleOrder.STORED, 0, rows, batch);
                double[] labels = new double[rows];
                for (int row = 0; row < rows; row++) {
                    labels[row] = batch.labels().get(ValueLayout.JAVA_BYTE, row);
                }
                assertStatistics(expected.get(split + "/label.bin"), labels, 1);
                double[] numerical = new double[rows * 13];
                for (int index = 0; index < numerical.length; index++) {
                    numerical[index] = Float.float16ToFloat(batch.numerical().getAtIndex(ValueLayout.JAVA_SHORT, index));
                }
                assertStatistics(expected.get(split + "/numerical.bin"), numerical, 13);
                for (int table = 0; table < 9; table++) {
                    assertStatistics(expected.get(split + "/cat_" + table + ".bin"), ids(batch, table), 1);
                }
            }
        }
    }

    private static double[] ids(RawBatch batch, int table) {
        MemorySegment column = batch.categorical(table);
        double[] ids = new double[batch.rows()];
        for (int row = 0; row < ids.length; row++) {
            ids[row] = switch (batch.layout().categorical().get(table).type()) {
                case INT8 -> column.get(ValueLayout.JAVA_BYTE, row);
                case INT16 -> column.getAtIndex(ValueLayout.JAVA_SHORT, row);
                default -> column.getAtIndex(ValueLayout.JAVA_INT, row);
            };
        }
        return ids;
    }

    private static void assertStatistics(JsonNode expected, double[] values, int columns) {
        assertThat(values.length / columns).isEqualTo(expected.get("rows").asInt());
        double least = Double.POSITIVE_INFINITY;
        double greatest = Double.NEGATIVE_INFINITY;
        double sum = 0;
        Set<Double> distinct = new HashSet<>();
        for (double value : values) {
            least = Math.min(least, value);
            greatest = Math.max(greatest, value);
            sum += value;
            distinct.add(value);
        }
        assertThat(least).isEqualTo(expected.get("min").asDouble());
        assertThat(greatest).isEqualTo(expected.get("max").asDouble());
        assertThat(sum / values.length).isCloseTo(expected.get("mean").asDouble(), within(1e-9));
        for (int row = 0; row < 3; row++) {
            for (int column = 0; column < columns; column++) {
                assertThat(values[row * columns + column]).isEqualTo(expected.get("first_rows").get(row).get(column).asDouble());
            }
        }
        if (!expected.get("unique").isNull()) {
            assertThat(distinct).hasSize(expected.get("unique").asInt());
        }
    }

    @Test
    void anyOrderGathersTheSamplesItNames() {
        try (RawBinaryDataset dataset = RawBinaryDataset.open(TestResources.nvidia("small_16x512/feature_spec.yaml"))) {
            SampleSource source = dataset.split("train");
            try (RawBatch stored = RawBatch.withoutDevice(source.layout(8192)); RawBatch shuffled = RawBatch.withoutDevice(source.layout(100))) {
                source.read(SampleOrder.STORED, 0, 8192, stored);
                SampleOrder order = new ShuffledOrder(8192, 3, 1);
                source.read(order, 5000, 77, shuffled);
                assertThat(shuffled.rows()).isEqualTo(77);
                double[] all = ids(stored, 8);
                double[] gathered = ids(shuffled, 8);
                for (int row = 0; row < 77; row++) {
                    int sample = (int) order.sampleAt(5000 + row);
                    assertThat(gathered[row]).isEqualTo(all[sample]);
                    assertThat(shuffled.numerical().asSlice(row * 26L, 26).mismatch(stored.numerical().asSlice(sample * 26L, 26))).isEqualTo(-1);
                    assertThat(shuffled.labels().get(ValueLayout.JAVA_BYTE, row)).isEqualTo(stored.labels().get(ValueLayout.JAVA_BYTE, sample));
                }
            }
        }
    }

    @Test
    void readingAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (RawBinaryDataset dataset = RawBinaryDataset.open(TestResources.nvidia("small_16x512/feature_spec.yaml"))) {
            SampleSource source = dataset.split("train");
            SampleOrder order = new ShuffledOrder(8192, 3, 1);
            try (RawBatch batch = RawBatch.withoutDevice(source.layout(512))) {
                long[] allocated = new long[2];
                for (int round = 0; round < 2000; round++) {
                    allocated[0] = allocated[1];
                    source.read(round % 2 == 0 ? SampleOrder.STORED : order, round % 16 * 512, 512, batch);
                    allocated[1] = threads.getCurrentThreadAllocatedBytes();
                }
                assertThat(allocated[1] - allocated[0]).isZero();
            }
        }
    }

    @Test
    void filesBeyondTwoGibibytesAreReadAtTheirEnd() throws IOException {
        long samples = (1L << 31) + 5;
        Path file = Files.createDirectory(folder.resolve("big")).resolve("feature_spec.yaml");
        FeatureSpec spec = RawBinarySpecs.create(List.of(Feature.categorical("id", 100_000)), List.of("x"), "label", List.of("train", "test"), Map.of());
        FeatureSpecWriter.write(spec, file);
        for (String split : List.of("train", "test")) {
            Path place = Files.createDirectory(file.resolveSibling(split));
            sparse(place.resolve("label.bin"), samples, 1, 1);
            sparse(place.resolve("numerical.bin"), samples, 2, 0x3c00);
            sparse(place.resolve("cat_0.bin"), samples, 4, 99_999);
        }
        try (RawBinaryDataset dataset = RawBinaryDataset.open(file)) {
            SampleSource source = dataset.split("test");
            assertThat(source.samples()).isEqualTo(samples);
            try (RawBatch batch = RawBatch.withoutDevice(source.layout(4))) {
                source.read(SampleOrder.STORED, samples - 2, 2, batch);
                assertThat(batch.labels().get(ValueLayout.JAVA_BYTE, 1)).isEqualTo((byte) 1);
                assertThat(batch.numerical().getAtIndex(ValueLayout.JAVA_SHORT, 1)).isEqualTo((short) 0x3c00);
                assertThat(ids(batch, 0)).containsExactly(0, 99_999);
                source.read(position -> samples - 1 - position, 0, 1, batch);
                assertThat(ids(batch, 0)).containsExactly(99_999);
            }
            assertThat(source.fingerprint().text()).isNotBlank();
        }
    }

    private static void sparse(Path file, long rows, int rowBytes, int lastValue) throws IOException {
        try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
            content.setLength(rows * rowBytes);
            content.seek((rows - 1) * rowBytes);
            for (int shift = 0; shift < rowBytes * 8; shift += 8) {
                content.write(lastValue >>> shift);
            }
        }
    }

    @Test
    void fingerprintsFollowTheDataAndNotTheMetadata() throws IOException {
        Path copy = copyOfNvidiasSet();
        String train = fingerprint(copy, "train");
        assertThat(fingerprint(copy, "train")).isEqualTo(train).isNotEqualTo(fingerprint(copy, "test"));
        Files.writeString(copy, Files.readString(copy).replace("metadata: {}", "metadata: {note: 1}"));
        assertThat(fingerprint(copy, "train")).isEqualTo(train);
        try (RandomAccessFile content = new RandomAccessFile(copy.resolveSibling("train/cat_3.bin").toFile(), "rw")) {
            content.seek(8000);
            int value = content.read();
            content.seek(8000);
            content.write(value ^ 1);
        }
        assertThat(fingerprint(copy, "train")).isNotEqualTo(train);
    }

    private static String fingerprint(Path spec, String split) {
        try (RawBinaryDataset dataset = RawBinaryDataset.open(spec)) {
            return dataset.split(split).fingerprint().text();
        }
    }

    /** Damage to the files. */
    interface Damage {
        void to(Path folder) throws IOException;
    }

    static Stream<Arguments> damages() {
        return Stream.of(
                damage("a missing file", place -> Files.delete(place.resolve("train/cat_3.bin")), "cat_3.bin", "no such file"),
                damage("a folder in place of a file", place -> {
                    Files.delete(place.resolve("train/cat_3.bin"));
                    Files.createDirectory(place.resolve("train/cat_3.bin"));
                }, "train/cat_3.bin", "folder"),
                damage("half a row", place -> cut(place.resolve("train/cat_3.bin"), 1), "train/cat_3.bin has 16383 bytes", "2 bytes"),
                damage("a row too few", place -> cut(place.resolve("train/cat_3.bin"), 2), "train/cat_3.bin has 8191 rows", "train/label.bin has 8192"),
                damage("half a numerical row", place -> cut(place.resolve("test/numerical.bin"), 4), "test/numerical.bin", "26 bytes", "num_0"),
                damage("numerical rows too few", place -> cut(place.resolve("test/numerical.bin"), 26), "test/numerical.bin has 2047 rows",
                        "test/label.bin has 2048"),
                damage("a label too few", place -> cut(place.resolve("test/label.bin"), 1), "2048 rows", "test/label.bin has 2047"),
                damage("an empty label file", place -> cut(place.resolve("test/label.bin"), 2048), "test/label.bin is empty"),
                damage("an empty id file", place -> cut(place.resolve("test/cat_0.bin"), 4096), "test/cat_0.bin has 0 rows", "2048"),
                damage("a wider type in the spec", place -> {
                    Path spec = place.resolve("feature_spec.yaml");
                    Files.writeString(spec, Files.readString(spec).replace("cardinality: 126\n    dtype: int8", "cardinality: 126\n    dtype: int16"));
                }, "cat_1.bin has 1024 rows of 2 bytes", "label.bin has 2048"),
                damage("no spec", place -> Files.delete(place.resolve("feature_spec.yaml")), "feature_spec.yaml", "no such file"));
    }

    private static Arguments damage(String what, Damage damage, String... mentioned) {
        return arguments(what, damage, List.of(mentioned));
    }

    private static void cut(Path file, int bytes) throws IOException {
        try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
            content.setLength(content.length() - bytes);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("damages")
    void damagedFilesAreRefusedWithOneLine(String what, Damage damage, List<String> mentioned) throws IOException {
        Path spec = copyOfNvidiasSet();
        damage.to(spec.getParent());
        assertThatThrownBy(() -> RawBinaryDataset.open(spec).close()).isInstanceOf(UserException.class).message().contains(mentioned).doesNotContain("\n");
    }

    private Path copyOfNvidiasSet() throws IOException {
        Path source = TestResources.nvidia("small_16x512");
        Path target = folder.resolve("copy");
        try (Stream<Path> paths = Files.walk(source)) {
            for (Path path : (Iterable<Path>) paths::iterator) {
                Files.copy(path, target.resolve(source.relativize(path).toString()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return target.resolve("feature_spec.yaml");
    }
}
