package crosscut.engine.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.engine.UserException;
import crosscut.engine.data.FeatureSpec.Feature;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RawBinaryWriterTest {

    private static final List<String> SPLITS = List.of("train", "test");

    @TempDir
    Path folder;

    private final FeatureSpec spec = RawBinarySpecs.create(
            List.of(Feature.categorical("narrow", 5), Feature.categorical("wide", 40_000, 2)), List.of("x", "y"), "label", SPLITS, Map.of("by", "test"));

    @Test
    void writesLittleEndianColumnsAndTheSpec() throws IOException {
        Path target = folder.resolve("set");
        try (RawBinaryWriter writer = RawBinaryWriter.open(target, spec, false)) {
            for (String split : SPLITS) {
                fill(writer.split(split));
            }
            assertThat(target).doesNotExist();
            writer.finish();
        }
        assertThat(Files.readAllBytes(target.resolve("train/label.bin"))).containsExactly(1, 0);
        assertThat(Files.readAllBytes(target.resolve("train/numerical.bin"))).containsExactly(0, 0x3c, 0, 0x40, 0, 0x38, 0, 0);
        assertThat(Files.readAllBytes(target.resolve("test/cat_0.bin"))).containsExactly(4, 0);
        assertThat(Files.readAllBytes(target.resolve("test/cat_1.bin"))).containsExactly(0x3f, (byte) 0x9c, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0);
        assertThat(FeatureSpecReader.read(target.resolve("feature_spec.yaml"))).isEqualTo(spec);
        assertThat(content(folder)).containsExactly("set");
    }

    private static void fill(RawBinaryWriter.Split split) {
        split.appendLabels(new byte[] {1, 0, 9}, 2);
        split.appendNumerical(new float[] {1, 2, .5f, 0}, 2);
        split.appendIds(0, new int[] {4, 0}, 2);
        split.appendIds(1, new int[] {39_999, 1, 2, 3}, 2);
    }

    @Test
    void bulkAppendsCrossTheBuffer() throws IOException {
        FeatureSpec small = RawBinarySpecs.create(List.of(), List.of("x"), "label", SPLITS, Map.of());
        byte[] labels = new byte[1_000_001];
        labels[1_000_000] = 1;
        try (RawBinaryWriter writer = RawBinaryWriter.open(folder.resolve("set"), small, false)) {
            for (String split : SPLITS) {
                writer.split(split).appendLabels(MemorySegment.ofArray(labels));
                writer.split(split).appendNumerical(MemorySegment.ofArray(new byte[2_000_002]));
            }
            writer.finish();
        }
        assertThat(Files.readAllBytes(folder.resolve("set/test/label.bin"))).isEqualTo(labels);
    }

    @Test
    void unequalOrNoRowsLeaveNothingBehind() throws IOException {
        try (RawBinaryWriter writer = RawBinaryWriter.open(folder.resolve("set"), spec, false)) {
            SPLITS.forEach(split -> fill(writer.split(split)));
            writer.split("test").appendIds(0, new int[] {1}, 1);
            assertThatThrownBy(writer::finish).isInstanceOf(UserException.class).hasMessageContaining("test/cat_0.bin got 3 rows but test/label.bin 2");
        }
        try (RawBinaryWriter writer = RawBinaryWriter.open(folder.resolve("set"), spec, false)) {
            fill(writer.split("train"));
            assertThatThrownBy(writer::finish).isInstanceOf(UserException.class).hasMessageContaining("split test got no samples");
        }
        assertThat(content(folder)).isEmpty();
    }

    @Test
    void badValuesAreNamed() {
        try (RawBinaryWriter writer = RawBinaryWriter.open(folder.resolve("set"), spec, false)) {
            RawBinaryWriter.Split train = writer.split("train");
            fill(train);
            assertThatThrownBy(() -> train.appendIds(0, new int[] {5}, 1)).isInstanceOf(UserException.class)
                    .hasMessageContaining("feature narrow of train, sample 2: id 5").hasMessageContaining("[0, 5)");
            assertThatThrownBy(() -> train.appendIds(1, new int[] {-1, 0}, 1)).isInstanceOf(UserException.class)
                    .hasMessageContaining("wide").hasMessageContaining("-1");
            assertThatThrownBy(() -> train.appendNumerical(new float[] {1, 70_000}, 1)).isInstanceOf(UserException.class)
                    .hasMessageContaining("feature y of train, sample 2: 70000.0");
            assertThatThrownBy(() -> train.appendLabels(new byte[] {2}, 1)).isInstanceOf(UserException.class).hasMessageContaining("sample 2: 2 is neither");
        }
    }

    @Test
    void replacesOnlyADataSetAndOnlyWhenAllowed() throws IOException {
        Path target = folder.resolve("set");
        write(target, false);
        assertThatThrownBy(() -> write(target, false)).isInstanceOf(UserException.class).hasMessageContaining("not empty").hasMessageContaining("--overwrite");
        Files.writeString(target.resolve("stray"), "");
        write(target, true);
        assertThat(content(target)).containsExactlyInAnyOrder("feature_spec.yaml", "train", "test");
        Path precious = Files.createDirectory(folder.resolve("precious"));
        Files.writeString(precious.resolve("thesis.txt"), "years of work");
        assertThatThrownBy(() -> write(precious, true)).isInstanceOf(UserException.class).hasMessageContaining("not replaced");
        assertThat(precious.resolve("thesis.txt")).exists();
        write(Files.createDirectory(folder.resolve("empty")), false);
        assertThatThrownBy(() -> write(precious.resolve("thesis.txt"), true)).isInstanceOf(UserException.class).hasMessageContaining("is a file");
        assertThat(content(folder)).containsExactlyInAnyOrder("set", "precious", "empty");
    }

    private void write(Path target, boolean overwrite) {
        try (RawBinaryWriter writer = RawBinaryWriter.open(target, spec, overwrite)) {
            SPLITS.forEach(split -> fill(writer.split(split)));
            writer.finish();
        }
    }

    @Test
    void pathsMustStayInside() throws IOException {
        Path file = Files.writeString(folder.resolve("spec.yaml"), FeatureSpecWriter.toYaml(spec).replace("test/cat_0.bin", "../../escaped.bin"));
        FeatureSpec escaping = FeatureSpecReader.read(file);
        assertThatThrownBy(() -> RawBinaryWriter.open(folder.resolve("set"), escaping, false)).isInstanceOf(UserException.class)
                .hasMessageContaining("../../escaped.bin").hasMessageContaining("outside");
        assertThat(content(folder)).containsExactly("spec.yaml");
    }

    private static List<String> content(Path folder) throws IOException {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.map(path -> path.getFileName().toString()).toList();
        }
    }
}
