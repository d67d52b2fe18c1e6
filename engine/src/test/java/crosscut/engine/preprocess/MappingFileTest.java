package crosscut.engine.preprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import crosscut.engine.preprocess.PreprocessOptions.RowOrder;
import crosscut.engine.preprocess.layout.ColumnChoices;
import crosscut.engine.preprocess.layout.ColumnLayout;
import crosscut.engine.preprocess.layout.MappingFile;
import crosscut.engine.preprocess.layout.NumericTransform;
import crosscut.engine.preprocess.layout.SplitRule;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Data sets other than Criteo's, described by mapping files; the rows are the first ones of two UCI sets. */
class MappingFileTest {

    private static final String ADULT = """
            header: false
            columns: [age, workclass, fnlwgt, education, education-num, marital-status, occupation, relationship, race, sex, capital-gain, capital-loss,
                      hours-per-week, native-country, income]
            missing: "?"
            comment: "|"
            label: {column: income, positive: [">50K", ">50K."], negative: ["<=50K", "<=50K."]}
            numerical:
              transform: standardize
              columns: [age, {column: capital-gain, transform: log1p, missing_flag: true}]
            categorical:
              columns: [workclass, {column: native-country, frequency_threshold: 3}]
            """;

    @TempDir
    Path folder;

    @Test
    void headerlessFilesWithCommentsBlankLinesAndQuestionMarks() throws IOException {
        Path train = resource("adult_train_150.csv");
        Path test = resource("adult_test_50.csv");
        PreprocessRun run = run(ADULT, train, test);
        PreprocessSummary summary = run.run();

        List<String[]> rows = naive(train, ", ");
        List<String[]> testRows = naive(test, ", ");
        assertThat(summary.splits()).extracting(PreprocessSummary.Split::rows).containsExactly(150L, 50L);
        OutputFolder output = OutputFolder.read(run.output);
        assertThat(output.labels("test")).isEqualTo(testRows.stream().map(row -> row[14].startsWith(">") ? 1 : 0).toList());
        assertThat(output.spec().channels().numerical()).containsExactly("age", "capital-gain", "capital-gain_missing");
        double[] ages = rows.stream().mapToDouble(row -> Double.parseDouble(row[0])).toArray();
        double mean = IntStream.range(0, ages.length).mapToDouble(index -> ages[index]).average().orElseThrow();
        double deviation = Math.sqrt(IntStream.range(0, ages.length).mapToDouble(index -> (ages[index] - mean) * (ages[index] - mean)).average().orElseThrow());
        assertThat(Float.float16ToFloat(output.halves("train", "age").getFirst())).isCloseTo((float) ((ages[0] - mean) / deviation),
                within(0.001f));
        assertThat(output.halves("train", "capital-gain")).isEqualTo(
                rows.stream().map(row -> Float.floatToFloat16((float) Math.log(Double.parseDouble(row[10]) + 1))).toList());
        requireIds(output, "workclass", 1, 0, rows, testRows);
        requireIds(output, "native-country", 13, 3, rows, testRows);
    }

    @Test
    void rowIndexSplitsOneFile() throws IOException {
        Path data = resource("coupon_200.csv");
        String mapping = """
                label: {column: Y, positive: "1", negative: "0"}
                categorical: [destination, Bar, occupation]
                split: {test: row_index % 5 == 4, validation: row_index % 5 == 1}
                """;
        PreprocessRun run = run(mapping, data, null);
        run.run();
        List<String[]> rows = naive(data, ",").subList(1, 201);
        OutputFolder output = OutputFolder.read(run.output);
        assertThat(output.labels("test")).isEqualTo(every(rows, 4).stream().map(row -> Integer.valueOf(row[24])).toList());
        assertThat(output.labels("validation")).isEqualTo(every(rows, 1).stream().map(row -> Integer.valueOf(row[24])).toList());
        List<String[]> train = new ArrayList<>(rows);
        train.removeAll(every(rows, 4));
        train.removeAll(every(rows, 1));
        requireIds(output, "occupation", 12, 0, train, every(rows, 4));
        requireIds(output, "Bar", 14, 0, train, every(rows, 4));
        assertThat(output.spec().channels().numerical()).isEmpty();
    }

    @Test
    void quotedFieldsAndBlanksAroundValues() throws IOException {
        Path data = Files.writeString(folder.resolve("q.csv"), "\ufeff\"the label\";'x\n\"yes\";\" a;b \"\r\n\"no\";\"a;b\"\nno;\"say \"\"a\"\"\"\nyes;\n");
        PreprocessRun run = run("""
                delimiter: ";"
                label: {column: the label, positive: "yes"}
                categorical: ["'x"]
                """, data, data.resolveSibling("other.csv"));
        Files.copy(data, data.resolveSibling("other.csv"));
        run.run();
        OutputFolder output = OutputFolder.read(run.output);
        assertThat(output.labels("train")).containsExactly(1, 0, 0, 1);
        assertThat(output.integers("train", "'x")).containsExactly(1, 1, 2, 0);
    }

    @Test
    void parquetGivesTheSameAsText() throws IOException {
        Path train = resource("adult_train_150.csv");
        Path test = resource("adult_test_50.csv");
        run(ADULT, train, test).run();
        List<Path> parquet = new ArrayList<>();
        try (Database database = Database.open("200MB", 1, folder.resolve("spill"))) {
            for (Path text : List.of(train, test)) {
                Path file = folder.resolve(text.getFileName() + ".parquet");
                database.execute("COPY (SELECT column00::DOUBLE AS age, trim(column01) AS workclass, column10::INTEGER AS \"capital-gain\", column13 AS \"native-country\","
                        + " column14 AS income FROM read_csv('" + text + "', header = false, all_varchar = true, comment = '|')) TO '" + file + "' (FORMAT parquet)");
                parquet.add(file);
            }
        }
        String mapping = "format: parquet\n" + ADULT.substring(ADULT.indexOf("missing:")).replace("comment: \"|\"\n", "");
        PreprocessRun run = run(mapping, parquet.get(0), parquet.get(1));
        run.output = folder.resolve("from_parquet");
        run.run();
        assertThat(OutputFolder.content(run.output)).isEqualTo(OutputFolder.content(folder.resolve("out")));
    }

    @Test
    void theColumnWinsOverTheCommandLineWhichWinsOverTheGeneralSetting() throws IOException {
        Path file = Files.writeString(folder.resolve("m.yaml"), """
                label: {column: y, positive: "1"}
                numerical: {transform: log1p, missing_flags: true, columns: [a, {column: b, transform: none, missing_flag: false}]}
                categorical: {frequency_threshold: 5, columns: [c, {column: d, frequency_threshold: 2}]}
                """);
        ColumnLayout plain = MappingFile.read(file, ColumnChoices.none());
        assertThat(plain.numerical()).extracting("transform", "missingFlag").containsExactly(tuple(NumericTransform.LOG1P, true), tuple(NumericTransform.NONE, false));
        assertThat(plain.categorical()).extracting("frequencyThreshold").containsExactly(5L, 2L);
        ColumnLayout chosen = MappingFile.read(file, new ColumnChoices(Optional.of(NumericTransform.LOG3), Optional.of(false), OptionalLong.of(9),
                Optional.of(new SplitRule.RowIndexModulo(2, 0, OptionalInt.empty()))));
        assertThat(chosen.numerical()).extracting("transform", "missingFlag").containsExactly(tuple(NumericTransform.LOG3, false), tuple(NumericTransform.NONE, false));
        assertThat(chosen.categorical()).extracting("frequencyThreshold").containsExactly(9L, 2L);
        assertThat(chosen.split()).isInstanceOf(SplitRule.RowIndexModulo.class);
    }

    private static void requireIds(OutputFolder output, String feature, int column, long threshold, List<String[]> train, List<String[]> test) throws IOException {
        Map<String, Integer> ids = NaivePreprocessing.dictionary(train.stream().map(row -> value(row, column)).toList(), threshold);
        assertThat(output.integers("train", feature)).isEqualTo(train.stream().map(row -> ids.getOrDefault(value(row, column), 0)).toList());
        assertThat(output.integers("test", feature)).isEqualTo(test.stream().map(row -> ids.getOrDefault(value(row, column), 0)).toList());
    }

    private static String value(String[] row, int column) {
        return row[column].equals("?") ? "" : row[column];
    }

    private static List<String[]> every(List<String[]> rows, int remainder) {
        return IntStream.range(0, rows.size()).filter(index -> index % 5 == remainder).mapToObj(rows::get).toList();
    }

    private static List<String[]> naive(Path file, String delimiter) throws IOException {
        return Files.readAllLines(file).stream().filter(line -> !line.isBlank() && !line.startsWith("|")).map(line -> line.split(delimiter, -1)).toList();
    }

    private PreprocessRun run(String mapping, Path train, Path test) throws IOException {
        PreprocessRun run = new PreprocessRun(folder.resolve("out"));
        run.layout = MappingFile.read(Files.writeString(folder.resolve("mapping.yaml"), mapping), ColumnChoices.none());
        run.order = RowOrder.INPUT;
        run.train = List.of(train);
        run.test = test == null ? List.of() : List.of(test);
        return run;
    }

    private Path resource(String name) throws IOException {
        try (InputStream stream = MappingFileTest.class.getResourceAsStream(name)) {
            Files.copy(stream, folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
        return folder.resolve(name);
    }
}
