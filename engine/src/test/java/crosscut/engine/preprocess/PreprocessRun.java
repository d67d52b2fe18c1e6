package crosscut.engine.preprocess;

import crosscut.engine.preprocess.PreprocessOptions.DictionaryScope;
import crosscut.engine.preprocess.PreprocessOptions.ExistingOutput;
import crosscut.engine.preprocess.PreprocessOptions.RowOrder;
import crosscut.engine.preprocess.layout.ColumnChoices;
import crosscut.engine.preprocess.layout.ColumnLayout;
import crosscut.engine.preprocess.layout.CriteoLayout;
import crosscut.engine.preprocess.layout.NumericTransform;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Arguments of a run in a test, with usual values for those that the test does not care about. */
final class PreprocessRun {

    ColumnLayout layout = criteo(2);
    List<Path> train = List.of();
    List<Path> validation = List.of();
    List<Path> test = List.of();
    DictionaryScope dictionary = DictionaryScope.TRAIN;
    RowOrder order = RowOrder.INPUT;
    long seed = 7;
    long maxBadLines;
    Path output;
    Optional<Path> temporaryFolder = Optional.empty();
    int threads = 2;
    ExistingOutput existing = ExistingOutput.REFUSE;
    PreprocessListener listener = PreprocessListener.SILENT;

    PreprocessRun(Path output) {
        this.output = output;
    }

    PreprocessOptions options() {
        return new PreprocessOptions(layout, train, validation, test, dictionary, order, seed, maxBadLines, output, temporaryFolder, "500MB", threads, existing);
    }

    PreprocessSummary run() {
        return Preprocessing.run(options(), listener);
    }

    static ColumnLayout criteo(long threshold) {
        return CriteoLayout.create(new ColumnChoices(Optional.empty(), Optional.empty(), OptionalLong.of(threshold), Optional.empty()));
    }

    static ColumnLayout criteo(long threshold, NumericTransform transform, boolean missingFlags) {
        return CriteoLayout.create(new ColumnChoices(Optional.of(transform), Optional.of(missingFlags), OptionalLong.of(threshold), Optional.empty()));
    }

    /** Criteo's format of which only two numerical and two categorical columns are used: quick, for tests that do not look at every column. */
    static ColumnLayout narrow(NumericTransform transform, boolean missingFlags) {
        ColumnLayout layout = criteo(2, transform, missingFlags);
        return new ColumnLayout(layout.name(), layout.format(), layout.missing(), layout.label(), layout.numerical().subList(0, 2), layout.categorical().subList(23, 25),
                layout.split());
    }
}
