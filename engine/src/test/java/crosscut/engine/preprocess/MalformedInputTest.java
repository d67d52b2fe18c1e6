package crosscut.engine.preprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import crosscut.engine.UserException;
import crosscut.engine.preprocess.PreprocessOptions.ExistingOutput;
import crosscut.engine.preprocess.layout.ColumnChoices;
import crosscut.engine.preprocess.layout.MappingFile;
import crosscut.engine.preprocess.layout.NumericTransform;
import crosscut.engine.preprocess.layout.SplitRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of bad input ends in one clear line and leaves no output. */
class MalformedInputTest {

    private static final String CSV_MAPPING = """
            label: {column: y, positive: "1", negative: "0"}
            numerical: {transform: none, columns: [n]}
            categorical: [c]
            """;

    @TempDir
    Path folder;

    /** Prepares input that cannot be used. */
    private interface Damage {
        void apply(PreprocessRun run, Path folder) throws IOException;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void isOneClearLine(String name, Damage damage, List<String> expected) throws IOException {
        PreprocessRun run = new PreprocessRun(folder.resolve("out"));
        run.layout = PreprocessRun.narrow(NumericTransform.LOG3, false);
        run.train = List.of(CriteoLines.write(folder.resolve("train"), CriteoLines.lines(1, 20)));
        run.test = List.of(CriteoLines.write(folder.resolve("test"), CriteoLines.lines(2, 10)));
        Throwable failure = catchThrowable(() -> {
            damage.apply(run, folder);
            run.run();
        });
        assertThat(failure).isInstanceOf(UserException.class);
        assertThat(failure.getMessage().lines()).as("one line").hasSize(1);
        expected.forEach(part -> assertThat(failure.getMessage()).contains(part));
        assertThat(folder.resolve("out").resolve("feature_spec.yaml")).doesNotExist();
    }

    static Stream<Arguments> cases() {
        return Stream.of(files(), lines(), csv(), outputs()).flatMap(stream -> stream);
    }

    private static Stream<Arguments> files() {
        return Stream.of(
                bad("missing file", (run, folder) -> run.train = List.of(folder.resolve("nowhere")), "nowhere", "no such file"),
                bad("folder", (run, folder) -> run.train = List.of(folder), "is a folder"),
                bad("empty file", (_, folder) -> Files.write(folder.resolve("test"), new byte[0]), "test is empty (0 bytes)"),
                bad("blank lines only", (_, folder) -> Files.writeString(folder.resolve("test"), "\n\r\n\n"), "test has no record"),
                bad("empty gzip", (run, folder) -> run.test = List.of(CriteoLines.write(folder.resolve("test.gz"), List.of())), "test.gz has no record"),
                bad("truncated gzip", (run, folder) -> {
                    Path whole = CriteoLines.write(folder.resolve("t.gz"), CriteoLines.lines(3, 2000));
                    byte[] bytes = Files.readAllBytes(whole);
                    run.train = List.of(Files.write(whole, Arrays.copyOf(bytes, bytes.length / 2)));
                }, "t.gz is a truncated gzip file", "line "),
                bad("gzip without its last bytes", (run, folder) -> {
                    byte[] bytes = Files.readAllBytes(CriteoLines.write(folder.resolve("t.gz"), CriteoLines.lines(3, 20)));
                    run.train = List.of(Files.write(folder.resolve("t.gz"), Arrays.copyOf(bytes, bytes.length - 4)));
                }, "t.gz is a truncated gzip file"),
                bad("damaged gzip", (run, folder) -> {
                    byte[] bytes = Files.readAllBytes(CriteoLines.write(folder.resolve("t.gz"), CriteoLines.lines(3, 2000)));
                    Arrays.fill(bytes, bytes.length / 2, bytes.length / 2 + 64, (byte) 0x5a);
                    run.train = List.of(Files.write(folder.resolve("t.gz"), bytes));
                }, "t.gz is a damaged gzip file"),
                bad("zip", (_, folder) -> Files.write(folder.resolve("train"), new byte[] {'P', 'K', 3, 4, 0}), "packed with zip"),
                bad("same file twice", (run, _) -> run.test = run.train, "named twice"),
                bad("no test files", (run, _) -> run.test = List.of(), "no test files", "--test"),
                bad("Parquet as text", (run, folder) -> run.test = List.of(Files.writeString(folder.resolve("p"), "PAR1....PAR1")), "p is a Parquet file", "criteo"),
                bad("binary file", (_, folder) -> Files.write(folder.resolve("test"), new byte[100_000]), "test, line 1 has 1 field, 40 expected"),
                bad("endless line", (_, folder) -> Files.write(folder.resolve("test"), new byte[5_000_000]), "test, line 1 is longer than 2 MiB"));
    }

    private static Stream<Arguments> lines() {
        return Stream.of(
                bad("39 fields: no label", (_, folder) -> change(folder, "test", 0, line -> line.substring(2)), "line 1 has 39 fields, 40 expected", "label"),
                bad("41 fields", (_, folder) -> change(folder, "train", 12, line -> line + "\t"), "train, line 13 has 41 fields, 40 expected", "--max_bad_lines"),
                bad("cut off line", (_, folder) -> change(folder, "train", 19, line -> line.substring(0, 20)), "train, line 20 has"),
                bad("spaces for tabs", (_, folder) -> change(folder, "train", 4, line -> line.replace('\t', ' ')), "train, line 5 has 1 field, 40 expected"),
                bad("label 2", (_, folder) -> change(folder, "train", 4, line -> "2" + line.substring(1)), "train, line 5", "the label is '2', expected 1 or 0"),
                bad("label missing", (_, folder) -> change(folder, "test", 9, line -> line.substring(1)), "test, line 10", "the label is missing"),
                bad("no number", (_, folder) -> change(folder, "train", 7, line -> field(line, 2, "7a")), "train, line 8", "column I2 is '7a'", "not a number"),
                bad("NaN", (_, folder) -> change(folder, "train", 7, line -> field(line, 1, "NaN")), "train, line 8", "column I1 is 'NaN'"),
                bad("infinity", (_, folder) -> change(folder, "train", 7, line -> field(line, 1, "-inf")), "train, line 8", "column I1 is '-inf'"),
                bad("blank lines count as lines", (_, folder) -> change(folder, "train", 7, line -> "\n\n" + field(line, 1, "x")), "train, line 10"),
                bad("Latin-1", (_, folder) -> {
                    byte[] bytes = Files.readAllBytes(folder.resolve("train"));
                    bytes[bytes.length - 2] = (byte) 0xe9;
                    Files.write(folder.resolve("train"), bytes);
                }, "train, line 20 is not valid UTF-8"),
                bad("carriage return inside", (_, folder) -> change(folder, "train", 2, line -> line.replaceFirst("\t", "\t\r")), "line 3 has a carriage return"),
                bad("more bad lines than allowed", (run, folder) -> {
                    run.maxBadLines = 1;
                    change(folder, "train", 3, line -> line + "\t");
                    change(folder, "test", 8, line -> field(line, 1, "x"));
                }, "test, line 9", "bad line 2, and --max_bad_lines allows 1"),
                bad("float16 overflow", (run, folder) -> {
                    run.layout = PreprocessRun.narrow(NumericTransform.NONE, false);
                    change(folder, "test", 3, line -> field(line, 2, "65520"));
                }, "test, line 4: column I2 is 65520.0", "transform none", "16-bit floating point"));
    }

    private static Stream<Arguments> csv() {
        return Stream.of(
                badCsv("no such column", CSV_MAPPING, "y,n,d\n1,2,a\n", "has no column c", "its columns are y, n, d"),
                badCsv("column twice", CSV_MAPPING, "y,n,c,c\n1,2,a,b\n", "has column c twice"),
                badCsv("open quote", CSV_MAPPING, "y,n,c\n1,2,a\n1,2,\"a\n0,1,b\n", "line 3 has a quote that is never closed"),
                badCsv("text after quote", CSV_MAPPING, "y,n,c\n1,2,\"a\"b\n", "line 2 has text after a closing quote"),
                badCsv("line after a quoted line break", CSV_MAPPING, "y,n,c\n1,2,\"a\nb\"\n1,x,c\n", "line 4", "column n is 'x'"),
                badCsv("only a header", CSV_MAPPING, "y,n,c\n", "has no record"),
                badCsv("test split without rows", CSV_MAPPING + "split: {test: row_index % 5 == 4}\n", "y,n,c\n1,2,a\n0,2,a\n", "split test has no rows"),
                badCsv("not Parquet", "format: parquet\n" + CSV_MAPPING, "y,n,c\n1,2,a\n", "is no Parquet file"),
                badCsv("broken Parquet", "format: parquet\n" + CSV_MAPPING, "PAR1 and nothing behind it", "in.csv"),
                badCsv("unknown key", CSV_MAPPING + "seperator: x\n", "y\n", "unknown key seperator", "delimiter"),
                badCsv("no label", "categorical: [c]\n", "y\n", "lacks the key label"),
                badCsv("number as text", "label: {column: y, positive: 1}\ncategorical: [c]\n", "y\n", "label / positive", "put it in quotes"),
                badCsv("unknown transform", "label: {column: y, positive: \"1\"}\nnumerical: {transform: ln, columns: [n]}\n", "y\n", "'ln'", "log1p_standardize"),
                badCsv("unknown split", CSV_MAPPING + "split: thirds\n", "y\n", "unknown split 'thirds'"),
                badCsv("impossible split", CSV_MAPPING + "split: {test: row_index % 5 == 5}\n", "y\n", "row_index % 5 == 5"),
                badCsv("column used twice", CSV_MAPPING.replace("[c]", "[c, n]"), "y\n", "column n twice"),
                badCsv("no columns", "label: {column: y, positive: \"1\"}\n", "y\n", "nothing to learn from"),
                badCsv("two-letter delimiter", CSV_MAPPING + "delimiter: '::'\n", "y\n", "one ASCII character"),
                badCsv("no YAML", "label: [\n", "y\n", "not readable as YAML"));
    }

    private static Stream<Arguments> outputs() {
        return Stream.of(
                bad("output is a file", (run, folder) -> run.output = folder.resolve("train"), "train is a file"),
                bad("output is not empty", (run, folder) -> {
                    run.output = Files.createDirectory(folder.resolve("full"));
                    Files.writeString(run.output.resolve("letter.txt"), "dear");
                }, "full is not empty", "--overwrite"),
                bad("foreign folder is not overwritten", (run, folder) -> {
                    run.existing = ExistingOutput.OVERWRITE;
                    run.output = Files.createDirectory(folder.resolve("full"));
                    Files.writeString(run.output.resolve("letter.txt"), "dear");
                }, "full has content but no feature_spec.yaml"),
                bad("output below a file", (run, folder) -> run.output = folder.resolve("train").resolve("out"), "cannot write to"),
                bad("no place to write", (run, _) -> run.output = Path.of("/proc/crosscut/out"), "cannot write to"),
                bad("temporary folder is a file", (run, folder) -> run.temporaryFolder = Optional.of(folder.resolve("train")), "cannot write to"),
                bad("nothing to resume", (run, folder) -> {
                    run.run();
                    run.existing = ExistingOutput.RESUME;
                    Files.move(folder.resolve("out"), folder.resolve("done"));
                    run.output = folder.resolve("done");
                }, "there is nothing to resume"));
    }

    private static Arguments bad(String name, Damage damage, String... expected) {
        return Arguments.of(name, damage, List.of(expected));
    }

    private static Arguments badCsv(String name, String mapping, String csv, String... expected) {
        return bad(name, (run, folder) -> {
            Path file = Files.writeString(folder.resolve("mapping.yaml"), mapping);
            Path data = Files.writeString(folder.resolve("in.csv"), csv);
            run.layout = MappingFile.read(file, ColumnChoices.none());
            run.train = List.of(data);
            boolean separate = run.layout.split() instanceof SplitRule.SeparateFiles;
            run.test = separate ? List.of(Files.writeString(folder.resolve("test.csv"), csv)) : List.of();
        }, expected);
    }

    private static void change(Path folder, String file, int index, UnaryOperator<String> change) throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(folder.resolve(file)));
        lines.set(index, change.apply(lines.get(index)));
        CriteoLines.write(folder.resolve(file), lines);
    }

    private static String field(String line, int index, String value) {
        String[] fields = line.split("\t", -1);
        fields[index] = value;
        return String.join("\t", fields);
    }
}
