package crosscut.engine.preprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import crosscut.engine.preprocess.layout.NumericTransform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 137,139 real Criteo rows, where they are at hand: they may not be shipped. */
class SharedCriteoSampleTest {

    private static final Path SAMPLE = Path.of(System.getProperty("crosscut.shared", "../../shared"), "data", "criteo_137k");

    @Test
    void hasTheRecordedVocabularyAndMissingShares(@TempDir Path folder) {
        assumeTrue(Files.isDirectory(SAMPLE), "no real Criteo rows: " + SAMPLE.toAbsolutePath().normalize() + " does not exist (-Dcrosscut.shared=DIR names another place)");
        PreprocessRun run = new PreprocessRun(folder.resolve("out"));
        run.layout = PreprocessRun.criteo(10, NumericTransform.LOG1P_STANDARDIZE, false);
        run.train = List.of(SAMPLE.resolve("train_100000.tsv.gz"));
        run.validation = List.of(SAMPLE.resolve("valid_17547.tsv.gz"));
        run.test = List.of(SAMPLE.resolve("test_19592.tsv.gz"));
        PreprocessSummary summary = run.run();
        assertThat(summary.splits()).extracting(PreprocessSummary.Split::rows).containsExactly(100_000L, 17_547L, 19_592L);
        Map<String, PreprocessSummary.Column> columns = summary.columns().stream().collect(Collectors.toMap(PreprocessSummary.Column::name, column -> column));
        // The recorded 15,611 count rare and missing values of a column apart; here they share id 0, and 12 columns have missing values.
        assertThat(columns.values().stream().mapToLong(PreprocessSummary.Column::cardinality).sum()).isEqualTo(15_611 - 12);
        assertThat(columns.values().stream().filter(PreprocessSummary.Column::categorical).filter(column -> column.missingShare() > 0)).hasSize(12);
        assertThat(columns.get("I12").missingShare()).isCloseTo(0.769, within(0.001));
        assertThat(columns.get("I2").missingShare()).isZero();
    }
}
