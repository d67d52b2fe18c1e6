package crosscut.engine.preprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import crosscut.engine.data.ColumnType;
import crosscut.engine.preprocess.PreprocessOptions.DictionaryScope;
import crosscut.engine.preprocess.PreprocessOptions.RowOrder;
import crosscut.engine.preprocess.layout.ColumnLayout;
import crosscut.engine.preprocess.layout.NumericTransform;
import crosscut.engine.preprocess.layout.SplitRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs on made-up Criteo lines against {@link NaivePreprocessing}. */
class PreprocessingTest {

    private static final List<String> DAY_0 = CriteoLines.lines(1, 700);
    private static final List<String> DAY_1 = CriteoLines.lines(2, 333);
    private static final List<String> VALIDATION = CriteoLines.lines(3, 101);
    private static final List<String> TEST = CriteoLines.lines(4, 257);

    @TempDir
    Path folder;

    @Test
    void everyColumnFollowsTheRules() throws IOException {
        PreprocessSummary summary = run().run();
        List<String> train = concat(DAY_0, DAY_1);
        OutputFolder output = OutputFolder.read(folder.resolve("out"));
        for (Map.Entry<String, List<String>> split : Map.of("train", train, "validation", VALIDATION, "test", TEST).entrySet()) {
            assertThat(output.labels(split.getKey())).isEqualTo(column(split.getValue(), 0).stream().map(Integer::valueOf).toList());
            for (int index = 1; index <= CriteoLines.NUMERICAL; index++) {
                assertThat(output.halves(split.getKey(), "I" + index)).isEqualTo(column(split.getValue(), index).stream().map(NaivePreprocessing::log3).toList());
            }
            for (int index = 1; index <= CriteoLines.CATEGORICAL; index++) {
                Map<String, Integer> ids = NaivePreprocessing.dictionary(column(train, CriteoLines.NUMERICAL + index), 2);
                assertThat(output.integers(split.getKey(), "C" + index)).as("C%s of %s", index, split.getKey())
                        .isEqualTo(column(split.getValue(), CriteoLines.NUMERICAL + index).stream().map(value -> ids.getOrDefault(value, 0)).toList());
                assertThat(output.spec().feature("C" + index).cardinality()).hasValue(ids.size() + 1);
                assertThat(output.spec().feature("C" + index).type()).isEqualTo(ColumnType.narrowestFor(ids.size() + 1));
            }
        }
        assertThat(summary.inputRows()).isEqualTo(700 + 333 + 101 + 257);
        assertThat(summary.splits()).extracting(PreprocessSummary.Split::name).containsExactly("train", "validation", "test");
        assertThat(summary.splits().getFirst().positives()).isEqualTo(column(train, 0).stream().filter("1"::equals).count());
        assertThat(Files.list(folder).map(path -> path.getFileName().toString())).as("nothing else stays").containsExactlyInAnyOrder("out", "day_0", "day_1.gz",
                "validation", "test");
    }

    @Test
    void thresholdZeroKeepsEveryValueAndAllCountsTheTestRowsToo() throws IOException {
        PreprocessRun run = run();
        run.layout = narrow(PreprocessRun.criteo(0));
        run.dictionary = DictionaryScope.ALL;
        run.run();
        OutputFolder output = OutputFolder.read(folder.resolve("out"));
        List<String> all = concat(concat(DAY_0, DAY_1), concat(VALIDATION, TEST));
        for (int index = 24; index <= 25; index++) {
            Map<String, Integer> ids = NaivePreprocessing.dictionary(column(all, CriteoLines.NUMERICAL + index), 0);
            assertThat(output.integers("test", "C" + index))
                    .isEqualTo(column(TEST, CriteoLines.NUMERICAL + index).stream().map(value -> ids.getOrDefault(value, 0)).toList());
        }
    }

    @Test
    void standardizedLogarithmsAndMissingFlags() throws IOException {
        PreprocessRun run = run();
        run.layout = narrow(PreprocessRun.criteo(2, NumericTransform.LOG1P_STANDARDIZE, true));
        run.run();
        OutputFolder output = OutputFolder.read(folder.resolve("out"));
        List<String> train = concat(DAY_0, DAY_1);
        assertThat(output.spec().channels().numerical()).hasSize(26).startsWith("I1").contains("I1_missing", "I13_missing");
        for (int index = 1; index <= CriteoLines.NUMERICAL; index++) {
            List<String> fields = column(TEST, index);
            List<Short> actual = output.halves("test", "I" + index);
            for (int row = 0; row < fields.size(); row++) {
                // The naive sums run in another order, so the last bit of a float16 may differ.
                assertThat(Float.float16ToFloat(actual.get(row))).isCloseTo(
                        Float.float16ToFloat(NaivePreprocessing.log1pStandardized(fields.get(row), column(train, index))),
                        within(0.002f));
            }
            assertThat(output.halves("test", "I" + index + "_missing")).isEqualTo(fields.stream().map(field -> Float.floatToFloat16(field.isEmpty() ? 1 : 0)).toList());
        }
    }

    @Test
    void randomOrderIsAPermutationThatOnlyTheSeedDecides() throws IOException {
        PreprocessRun run = run();
        run.order = RowOrder.RANDOM;
        run.layout = narrow(run.layout);
        run.run();
        OutputFolder output = OutputFolder.read(folder.resolve("out"));
        List<String> train = concat(DAY_0, DAY_1);
        List<String> shuffled = NaivePreprocessing.shuffled(train.size(), 7).stream().map(train::get).toList();
        assertThat(shuffled).isNotEqualTo(train);
        assertThat(output.labels("train")).isEqualTo(column(shuffled, 0).stream().map(Integer::valueOf).toList());
        assertThat(output.halves("train", "I5")).isEqualTo(column(shuffled, 5).stream().map(NaivePreprocessing::log3).toList());
        Map<String, Integer> ids = NaivePreprocessing.dictionary(column(train, 38), 2);
        assertThat(output.integers("train", "C25")).isEqualTo(column(shuffled, 38).stream().map(value -> ids.getOrDefault(value, 0)).toList());
        assertThat(output.labels("test")).isEqualTo(column(TEST, 0).stream().map(Integer::valueOf).toList());
    }

    @Test
    void sameBytesForAnyThreadCountLineEndAndPacking() throws IOException {
        PreprocessRun run = run();
        run.order = RowOrder.RANDOM;
        run.layout = narrow(PreprocessRun.criteo(2, NumericTransform.STANDARDIZE, true));
        run.threads = 1;
        run.run();
        PreprocessRun again = run();
        again.layout = run.layout;
        again.order = RowOrder.RANDOM;
        again.threads = 7;
        again.output = folder.resolve("again");
        again.train = List.of(CriteoLines.write(folder.resolve("crlf.gz"), DAY_0, "\r\n"), CriteoLines.write(folder.resolve("plain"), DAY_1));
        again.run();
        assertThat(OutputFolder.content(again.output)).isEqualTo(OutputFolder.content(folder.resolve("out")));
    }

    @Test
    void lastFileHalvesAreTestAndValidation() throws IOException {
        PreprocessRun run = new PreprocessRun(folder.resolve("out"));
        run.train = List.of(CriteoLines.write(folder.resolve("day_0"), DAY_0), CriteoLines.write(folder.resolve("day_1"), DAY_1));
        run.layout = withSplit(narrow(run.layout), new SplitRule.LastFileHalves());
        run.run();
        OutputFolder output = OutputFolder.read(folder.resolve("out"));
        assertThat(output.labels("train")).isEqualTo(column(DAY_0, 0).stream().map(Integer::valueOf).toList());
        assertThat(output.labels("test")).isEqualTo(column(DAY_1.subList(0, 166), 0).stream().map(Integer::valueOf).toList());
        assertThat(output.labels("validation")).isEqualTo(column(DAY_1.subList(166, 333), 0).stream().map(Integer::valueOf).toList());
    }

    private PreprocessRun run() throws IOException {
        PreprocessRun run = new PreprocessRun(folder.resolve("out"));
        run.train = List.of(CriteoLines.write(folder.resolve("day_0"), DAY_0), CriteoLines.write(folder.resolve("day_1.gz"), DAY_1));
        run.validation = List.of(CriteoLines.write(folder.resolve("validation"), VALIDATION, "\r\n"));
        run.test = List.of(CriteoLines.write(folder.resolve("test"), TEST));
        return run;
    }

    private static ColumnLayout withSplit(ColumnLayout layout, SplitRule split) {
        return new ColumnLayout(layout.name(), layout.format(), layout.missing(), layout.label(), layout.numerical(), layout.categorical(), split);
    }

    /** All numerical columns, but only two categorical ones, for speed. */
    private static ColumnLayout narrow(ColumnLayout layout) {
        return new ColumnLayout(layout.name(), layout.format(), layout.missing(), layout.label(), layout.numerical(), layout.categorical().subList(23, 25),
                layout.split());
    }

    private static List<String> column(List<String> lines, int index) {
        return lines.stream().map(line -> line.split("\t", -1)[index]).toList();
    }

    private static List<String> concat(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
