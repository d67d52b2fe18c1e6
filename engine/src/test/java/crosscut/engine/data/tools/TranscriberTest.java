package crosscut.engine.data.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import crosscut.engine.UserException;
import crosscut.engine.config.DatasetConfig.SyntheticLabels;
import crosscut.engine.data.FeatureSpec;
import crosscut.engine.data.FeatureSpec.Feature;
import crosscut.engine.data.FeatureSpecReader;
import crosscut.engine.data.TestResources;
import crosscut.engine.data.tools.TranscribeRequest.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TranscriberTest {

    private static final String CSV_SPEC = """
            channel_spec: {categorical: [colour, size], numerical: [x], label: [clicked]}
            feature_spec: {colour: {cardinality: auto}, size: {cardinality: 5}, x: {}, clicked: {}}
            source_spec:
              train: &chunks
              - {type: csv, features: [clicked, x], files: [a.csv]}
              - {type: csv, features: [colour, size], files: [b.csv]}
              test: *chunks
            metadata: {origin: shop}
            """;

    @TempDir
    Path folder;

    private final List<String> said = new ArrayList<>();

    private Map<String, Long> transcribe(Source source, Path from, String spec, long train, long test) {
        TranscribeRequest request = new TranscribeRequest(source, from, spec, 512, folder.resolve("out"), "feature_spec.yaml", train, test,
                SyntheticLabels.PLANTED, 1, false);
        return Transcriber.run(request, said::add);
    }

    private static byte[] bytes(Path file) throws IOException {
        return Files.readAllBytes(file);
    }

    @Test
    void syntheticToRawBinaryHasTheReferencesSpecAndRepeats() throws IOException {
        Path source = TestResources.nvidia("src_specs");
        assertThat(transcribe(Source.SYNTHETIC, source, "small_synthetic.yaml", 16, 4)).isEqualTo(Map.of("train", 8192L, "test", 2048L));
        assertThat(folder.resolve("out/feature_spec.yaml")).hasSameTextualContentAs(TestResources.nvidia("small_16x512/feature_spec.yaml"));
        assertThat(said).anyMatch(line -> line.startsWith("labels: planted") && line.contains("Bayes AUC on test (the best that a model can reach) 0.8"));
        byte[] ids = bytes(folder.resolve("out/train/cat_8.bin"));
        assertThat(ids).hasSize(32768);
        Files.move(folder.resolve("out"), folder.resolve("first"));
        transcribe(Source.SYNTHETIC, source, "small_synthetic.yaml", 16, 4);
        assertThat(bytes(folder.resolve("out/train/cat_8.bin"))).isEqualTo(ids);
        assertThat(bytes(folder.resolve("out/test/label.bin"))).isEqualTo(bytes(folder.resolve("first/test/label.bin")));
    }

    @Test
    void rawBinaryToRawBinaryKeepsEveryByte() throws IOException {
        Path source = TestResources.nvidia("small_16x512");
        assertThat(transcribe(Source.TF_RAW, source, "feature_spec.yaml", -1, 1)).isEqualTo(Map.of("train", 8192L, "test", 512L));
        for (String file : List.of("feature_spec.yaml", "train/numerical.bin", "train/label.bin", "train/cat_0.bin", "train/cat_1.bin", "train/cat_8.bin")) {
            assertThat(bytes(folder.resolve("out").resolve(file))).as(file).isEqualTo(bytes(source.resolve(file)));
        }
        assertThat(bytes(folder.resolve("out/test/cat_0.bin"))).hasSize(1024);
    }

    @Test
    void theReferencesCsvChunksAreJoinedByRow() throws IOException {
        Path source = TestResources.nvidia("csv_input");
        assertThat(transcribe(Source.CSV, source, "feature_spec.yaml", -1, -1)).isEqualTo(Map.of("train", 1000L, "test", 1000L));
        List<String> rows = Files.readAllLines(source.resolve("train/catpart0.bin"));
        List<String> numbers = Files.readAllLines(source.resolve("train/numerical.bin"));
        ByteBuffer cat2 = ByteBuffer.wrap(bytes(folder.resolve("out/train/cat_2.bin"))).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer numerical = ByteBuffer.wrap(bytes(folder.resolve("out/train/numerical.bin"))).order(ByteOrder.LITTLE_ENDIAN);
        for (int row = 0; row < 1000; row++) {
            assertThat(cat2.getInt()).isEqualTo(Integer.parseInt(rows.get(row).split(",")[2]));
            for (String number : numbers.get(row).split(",")) {
                assertThat((double) Float.float16ToFloat(numerical.getShort())).isCloseTo(Double.parseDouble(number), within(2.5e-4));
            }
        }
    }

    private void csv(String a, String b) throws IOException {
        Files.writeString(folder.resolve("spec.yaml"), CSV_SPEC);
        Files.writeString(folder.resolve("a.csv"), a);
        Files.writeString(folder.resolve("b.csv"), b);
    }

    @Test
    void automaticCardinalityIsTheGreatestIdPlusOne() throws IOException {
        csv("1,0.5\n0,-2\n1,1e-3\n", "300,4\n0,0\n7,\"1\"\n");
        assertThat(transcribe(Source.CSV, folder, "spec.yaml", -1, -1)).isEqualTo(Map.of("train", 3L, "test", 3L));
        FeatureSpec written = FeatureSpecReader.read(folder.resolve("out/feature_spec.yaml"));
        assertThat(written.categorical()).containsExactly(Feature.categorical("colour", 301), Feature.categorical("size", 5));
        assertThat(written.metadata()).isEqualTo(Map.of("origin", "shop"));
        assertThat(bytes(folder.resolve("out/train/cat_0.bin"))).containsExactly(44, 1, 0, 0, 7, 0);
        assertThat(bytes(folder.resolve("out/train/label.bin"))).containsExactly(1, 0, 1);
    }

    /** 1 + 2^-11 lies between two float16; a float32 on the way would lose the digit that decides. */
    @Test
    void numbersAreRoundedToFloat16Once() throws IOException {
        csv("1,1.00048828125\n0,1.000488281250000001\n1,1.00048828126\n", "0,0\n0,0\n0,0\n");
        transcribe(Source.CSV, folder, "spec.yaml", -1, -1);
        assertThat(bytes(folder.resolve("out/train/numerical.bin"))).containsExactly(0, 0x3c, 0, 0x3c, 1, 0x3c);
    }

    static Stream<Arguments> badTables() {
        return Stream.of(
                arguments("1,1\n0,2\n", "1,1\n", List.of("train", "b.csv ends after 1 rows", "a.csv has more")),
                arguments("1,1\n", "1,1\n2,2\n", List.of("a.csv ends after 1 rows", "b.csv has more")),
                arguments("1,1\n0,2\n", "1,1\n2,5\n", List.of("feature size", "sample 1", "id 5", "[0, 5)")),
                arguments("1,1\n0,2\n", "1,1\n-2,0\n", List.of("b.csv, row 2, feature colour", "-2")),
                arguments("1,1\n0,2\n", "1,1\nred,0\n", List.of("b.csv, row 2, feature colour", "'red'", "whole number")),
                arguments("1,1\n0,2\n", "1,1\n3000000000,0\n", List.of("b.csv, row 2, feature colour", "3000000000")),
                arguments("1,1\n0,2\n", "1,1\n,0\n", List.of("b.csv, row 2, feature colour", "missing")),
                arguments("1,1\n2,2\n", "1,1\n1,1\n", List.of("a.csv, row 2, feature clicked", "'2'", "0 nor 1")),
                arguments("1,1\n0,many\n", "1,1\n1,1\n", List.of("a.csv, row 2, feature x", "'many'")),
                arguments("1,1\n0,nan\n", "1,1\n1,1\n", List.of("a.csv, row 2, feature x", "'nan'")),
                arguments("1,1\n0,NaN\n", "1,1\n1,1\n", List.of("feature x", "sample 1", "NaN", "finite")),
                arguments("1,1\n0,1e9\n", "1,1\n1,1\n", List.of("feature x", "sample 1", "1.0E9", "65504")),
                arguments("1,1\n0\n", "1,1\n1,1\n", List.of("a.csv", "row")),
                arguments("1,1,7\n0,1,7\n", "1,1\n1,1\n", List.of("a.csv")),
                arguments("", "", List.of("no samples")),
                arguments("clicked,x\n1,1\n", "colour,size\n1,1\n", List.of("row 1", "colour")));
    }

    @ParameterizedTest
    @MethodSource("badTables")
    void badTablesAreRefusedWithOneLineAndLeaveNothing(String a, String b, List<String> mentioned) throws IOException {
        csv(a, b);
        assertThatThrownBy(() -> transcribe(Source.CSV, folder, "spec.yaml", -1, -1)).isInstanceOf(UserException.class).message().contains(mentioned)
                .doesNotContain("\n");
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left.map(path -> path.getFileName().toString())).containsExactlyInAnyOrder("spec.yaml", "a.csv", "b.csv");
        }
    }

    @Test
    void parquetColumnsAreFoundByNameInSeveralFiles() throws IOException, SQLException {
        try (var connection = DriverManager.getConnection("jdbc:duckdb:"); var statement = connection.createStatement()) {
            for (int part = 0; part < 2; part++) {
                statement.execute("COPY (SELECT i::FLOAT / 8 AS x, i AS unused, (i % 2 = 0) AS clicked, (i % 5)::TINYINT AS size, i * 100 AS colour"
                        + " FROM range(" + part * 500 + ", " + (part + 1) * 500 + ") t(i)) TO '"
                        + folder.resolve("it''s part" + part + ".parquet") + "' (FORMAT parquet)");
            }
        }
        Files.writeString(folder.resolve("spec.yaml"), """
                channel_spec: {categorical: [colour, size], numerical: [x], label: [clicked]}
                feature_spec: {colour: {cardinality: auto}, size: {cardinality: 5}, x: {}, clicked: {}}
                source_spec:
                  train: [{type: parquet, features: [x, clicked, size, colour], files: ["it's part0.parquet", "it's part1.parquet"]}]
                  test: [{type: parquet, features: [colour, size, x, clicked], files: ["it's part1.parquet"]}]
                """);
        assertThat(transcribe(Source.PARQUET, folder, "spec.yaml", -1, -1)).isEqualTo(Map.of("train", 1000L, "test", 500L));
        ByteBuffer colours = ByteBuffer.wrap(bytes(folder.resolve("out/train/cat_0.bin"))).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer numbers = ByteBuffer.wrap(bytes(folder.resolve("out/train/numerical.bin"))).order(ByteOrder.LITTLE_ENDIAN);
        for (int row = 0; row < 1000; row++) {
            assertThat(colours.getInt()).isEqualTo(row * 100);
            assertThat(Float.float16ToFloat(numbers.getShort())).isEqualTo(row / 8f);
        }
        Files.writeString(folder.resolve("spec.yaml"), Files.readString(folder.resolve("spec.yaml")).replace("size", "width"));
        assertThatThrownBy(() -> transcribe(Source.PARQUET, folder, "spec.yaml", -1, -1)).isInstanceOf(UserException.class).hasMessageContaining("width");
    }

    @Test
    void requestsThatCannotEndWellAreRefused() {
        Path nvidia = TestResources.nvidia("small_16x512");
        assertThatThrownBy(() -> transcribe(Source.SYNTHETIC, nvidia, "feature_spec.yaml", -1, 1)).isInstanceOf(UserException.class)
                .hasMessageContaining("--max_batches_train");
        assertThatThrownBy(() -> transcribe(Source.TF_RAW, nvidia, "feature_spec.yaml", 0, 1)).isInstanceOf(UserException.class)
                .hasMessageContaining("but is 0");
        assertThatThrownBy(() -> transcribe(Source.CSV, nvidia, "feature_spec.yaml", -1, -1)).isInstanceOf(UserException.class)
                .hasMessageContaining("split_binary where csv");
        assertThatThrownBy(() -> transcribe(Source.TF_RAW, TestResources.nvidia("src_specs"), "small_synthetic.yaml", -1, -1)).isInstanceOf(UserException.class)
                .hasMessageContaining("source_spec is null");
        assertThatThrownBy(() -> Transcriber.run(new TranscribeRequest(Source.TF_RAW, nvidia, "feature_spec.yaml", 1, nvidia, "feature_spec.yaml", -1, -1,
                SyntheticLabels.COIN, 1, true), said::add)).isInstanceOf(UserException.class).hasMessageContaining("source and target are both");
        assertThat(folder).isEmptyDirectory();
    }
}
