package crosscut.engine.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import crosscut.engine.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A right spec with one thing wrong at a time: the message is one line and names file, thing and value. */
class MalformedFeatureSpecTest {

    private static final String RIGHT = """
            channel_spec:
              categorical: [c0, c1]
              numerical: [n0, n1]
              label: [clicked]
            feature_spec:
              c0: {dtype: int8, cardinality: 100}
              c1: {dtype: int16, cardinality: 3000}
              n0: {dtype: float16}
              n1: {dtype: float16}
              clicked: {dtype: bool}
            source_spec:
              train:
              - {type: split_binary, features: [n0, n1], files: [train/num]}
              - {type: split_binary, features: [clicked], files: [train/label]}
              - {type: split_binary, features: [c0], files: [train/c0]}
              - {type: split_binary, features: [c1], files: [train/c1]}
              test:
              - {type: split_binary, features: [n0, n1], files: [test/num]}
              - {type: split_binary, features: [clicked], files: [test/label]}
              - {type: split_binary, features: [c0], files: [test/c0]}
              - {type: split_binary, features: [c1], files: [test/c1]}
            """;

    @TempDir
    Path folder;

    static Stream<Arguments> mistakes() {
        return Stream.of(
                arguments("channel_spec:\n", "channel_spec: [\n", List.of("line 3, column", "YAML")),
                arguments("  n0: {dtype: float16}", "\tn0: {dtype: float16}", List.of("line 8, column 1")),
                arguments("c0: {dtype: int8, cardinality: 100}", "c0: {dtype: int8, cardinality: 100}\n  c0: {dtype: int8, cardinality: 100}",
                        List.of("line 7", "duplicate key c0")),
                arguments("test:\n", "test: *nowhere\n", List.of("nowhere", "line 17")),
                arguments("feature_spec:", "feature_specs:", List.of("unknown key feature_specs", "known are")),
                arguments("source_spec:", "sources:", List.of("unknown key sources")),
                arguments("feature_spec:\n", "feature_spec: !!java.io.File x\n", List.of("line ")),
                arguments("int8, cardinality: 100", "int8, cardinality: 127", List.of("c0", "127", "int8", "int16 would do")),
                arguments("int16, cardinality: 3000", "int16, cardinality: 32767", List.of("c1", "32767", "int16", "int32 would do")),
                arguments("int16, cardinality: 3000", "int32, cardinality: 2147483647", List.of("c1", "2147483647", "32 bits")),
                arguments("int16, cardinality: 3000", "int32, cardinality: 99999999999999999999", List.of("c1", "99999999999999999999")),
                arguments("int16, cardinality: 3000", "int32, cardinality: 0", List.of("c1", "cardinality", "1 or more", "0")),
                arguments("int16, cardinality: 3000", "int32, cardinality: -5", List.of("c1", "cardinality", "-5")),
                arguments("int16, cardinality: 3000", "int32, cardinality: 1.5", List.of("c1", "cardinality", "1.5")),
                arguments("int16, cardinality: 3000", "int32, cardinality: '3000'", List.of("c1", "cardinality", "3000")),
                arguments("int16, cardinality: 3000", "int32, cardinality: auto", List.of("c1", "auto", "CSV")),
                arguments("int16, cardinality: 3000", "int32", List.of("c1", "no cardinality")),
                arguments("int16, cardinality: 3000", "int16, cardinality: 3000, hotness: 0", List.of("c1", "hotness", "0")),
                arguments("int16, cardinality: 3000", "int16, cardinality: 3000, hotness: 100000", List.of("c1", "hotness", "100000")),
                arguments("int16, cardinality: 3000", "int16, cardinality: 3000, alpha: steep", List.of("c1", "alpha", "steep")),
                arguments("int16, cardinality: 3000", "int16, cardinality: 3000, alpha: .nan", List.of("c1", "alpha", "NaN")),
                arguments("int16, cardinality: 3000", "int16, cardinality: 3000, size: 7", List.of("feature c1", "unknown key size")),
                arguments("{dtype: int16, cardinality: 3000}", "{cardinality: 3000}", List.of("c1", "no dtype")),
                arguments("{dtype: int16, cardinality: 3000}", "int16", List.of("feature c1", "mapping", "int16")),
                arguments("dtype: int16", "dtype: int17", List.of("c1", "int17", "numpy")),
                arguments("dtype: int16", "dtype: 16", List.of("c1", "dtype", "16")),
                arguments("dtype: int16", "dtype: int64", List.of("c1", "int64", "int32")),
                arguments("dtype: int16", "dtype: float16", List.of("c1", "float16", "int32")),
                arguments("n1: {dtype: float16}", "n1: {dtype: float32}", List.of("n1", "float32", "float16")),
                arguments("n1: {dtype: float16}", "n1: {dtype: float16, hotness: 2}", List.of("n1", "hotness 2", "numerical")),
                arguments("clicked: {dtype: bool}", "clicked: {dtype: int8}", List.of("clicked", "int8", "bool")),
                arguments("  clicked: {dtype: bool}", "  5: {dtype: bool}", List.of("feature_spec", "key 5", "quotes")),
                arguments("label: [clicked]", "label: [clicked, n0]", List.of("label", "exactly one", "2")),
                arguments("label: [clicked]", "label: []", List.of("label", "exactly one", "0")),
                arguments("label: [clicked]", "label: clicked", List.of("label", "list", "clicked")),
                arguments("label: [clicked]", "labels: [clicked]", List.of("channel_spec", "unknown key labels")),
                arguments("  label: [clicked]\n", "", List.of("channel_spec", "lacks the key label")),
                arguments("categorical: [c0, c1]", "categorical: [c0, c1, c1]", List.of("categorical", "c1 twice")),
                arguments("categorical: [c0, c1]", "categorical: [c0, c1, n0]", List.of("n0", "both as categorical and as numerical")),
                arguments("categorical: [c0, c1]", "categorical: [c0, c1, c2]", List.of("c2", "feature_spec does not describe")),
                arguments("categorical: [c0, c1]", "categorical: [c0]", List.of("c1", "what feature c1 is for")),
                arguments("categorical: [c0, c1]", "categorical: [c0, 7]", List.of("categorical", "7", "quotes")),
                arguments("  test:\n", "  tests:\n", List.of("source_spec", "unknown key tests")),
                arguments("  train:\n", "  validation:\n", List.of("source_spec", "lacks the split train")),
                arguments("  - {type: split_binary, features: [c1], files: [test/c1]}\n", "", List.of("test", "no chunk with feature c1")),
                arguments("features: [c1], files: [test/c1]", "features: [c0], files: [test/c1]", List.of("test", "c0", "earlier chunk")),
                arguments("features: [c1], files: [test/c1]", "features: [c9], files: [test/c1]", List.of("test", "c9", "does not describe")),
                arguments("features: [c1], files: [test/c1]", "features: [c1], files: []", List.of("test", "entry 4", "no files")),
                arguments("features: [c1], files: [test/c1]", "features: [], files: [test/c1]", List.of("test", "entry 4", "no features")),
                arguments("features: [c1], files: [test/c1]", "features: [c1]", List.of("test", "lacks the key files")),
                arguments("features: [c1], files: [test/c1]", "features: [c1], files: [a, b]", List.of("test", "c1", "2 files", "exactly one")),
                arguments("features: [c1], files: [test/c1]", "features: [c1], files: [test/c0]", List.of("c1", "test/c0", "already holds")),
                arguments("features: [c1], files: [test/c1]", "features: [c1], files: [test/c1], rows: 3", List.of("test", "unknown key rows")),
                arguments("{type: split_binary, features: [c1], files: [test/c1]}", "{type: csv, features: [c1], files: [test/c1]}",
                        List.of("test", "c1", "csv", "split_binary")),
                arguments("features: [n0, n1], files: [test/num]", "features: [n1, n0], files: [test/num]", List.of("test", "n0, n1", "n1, n0")),
                arguments("features: [n0, n1], files: [test/num]}",
                        "features: [n0], files: [test/num]}\n  - {type: split_binary, features: [n1], files: [test/m]}",
                        List.of("test", "all numerical features")),
                arguments("features: [c0], files: [test/c0]}\n  - {type: split_binary, features: [c1], files: [test/c1]}",
                        "features: [c0, c1], files: [test/c0]}",
                        List.of("test", "c0", "also holds c1", "alone")));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void isRefusedWithOneLineThatNamesIt(String right, String wrong, List<String> mentioned) throws IOException {
        assertThat(RIGHT).as("the mistake applies").contains(right);
        int last = RIGHT.lastIndexOf(right);
        String text = RIGHT.substring(0, last) + wrong + RIGHT.substring(last + right.length());
        Path file = Files.writeString(folder.resolve("wrong.yaml"), text);
        assertThatThrownBy(() -> FeatureSpecRules.requireRawBinary(file, FeatureSpecReader.read(file)))
                .isInstanceOf(UserException.class)
                .message().contains("wrong.yaml").contains(mentioned).doesNotContain("\n");
    }

    static Stream<Arguments> hopelessFiles() {
        return Stream.of(
                arguments("", List.of("mapping", "empty")),
                arguments("- a\n- b\n", List.of("mapping", "list")),
                arguments("just text", List.of("mapping", "just text")),
                arguments("a: [".repeat(200), List.of("YAML")),
                arguments("feature_spec: {}\nchannel_spec: {}\nsource_spec: null\n", List.of("feature_spec", "no feature")),
                arguments("\u0000\u0001", List.of("YAML")),
                arguments(RIGHT.substring(0, RIGHT.indexOf("source_spec:")) + "source_spec: null\n", List.of("source_spec is null", "synthetic")),
                arguments(RIGHT.substring(0, RIGHT.indexOf("  n0: {dtype")), List.of("lacks the key source_spec", "n0")));
    }

    @ParameterizedTest
    @MethodSource("hopelessFiles")
    void isRefusedAsAWhole(String text, List<String> anyMentioned) throws IOException {
        Path file = Files.writeString(folder.resolve("hopeless.yaml"), text);
        assertThatThrownBy(() -> FeatureSpecRules.requireRawBinary(file, FeatureSpecReader.read(file)))
                .isInstanceOf(UserException.class)
                .message().contains("hopeless.yaml").containsAnyOf(anyMentioned.toArray(String[]::new)).doesNotContain("\n");
    }

    @Test
    void missingFilesFoldersAndBinaryContentAreNamed() throws IOException {
        assertThatThrownBy(() -> FeatureSpecReader.read(folder.resolve("none.yaml"))).isInstanceOf(UserException.class).hasMessageContaining("none.yaml")
                .hasMessageContaining("no such file");
        assertThatThrownBy(() -> FeatureSpecReader.read(folder)).isInstanceOf(UserException.class).hasMessageContaining("it is a folder");
        Path binary = Files.write(folder.resolve("bytes"), new byte[] {(byte) 0xff, (byte) 0xfe, 3});
        assertThatThrownBy(() -> FeatureSpecReader.read(binary)).isInstanceOf(UserException.class).hasMessageContaining("not UTF-8");
    }

    @Test
    void theSpecWithoutMistakesIsAccepted() throws IOException {
        Path file = Files.writeString(folder.resolve("right.yaml"), RIGHT);
        FeatureSpec spec = FeatureSpecReader.read(file);
        FeatureSpecRules.requireRawBinary(file, spec);
        FeatureSpecRules.requireSynthetic(file, spec);
    }
}
