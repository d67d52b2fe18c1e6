package crosscut.engine.preprocess;

import crosscut.engine.UserException;
import crosscut.engine.preprocess.layout.ColumnLayout;
import crosscut.engine.preprocess.layout.SplitRule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What to do. The first block decides about the result, the second only about how it is reached.
 *
 * @param train files in order
 * @param seed of the random order
 * @param maxBadLines how many malformed lines over all files are left out before the run ends with an error
 * @param temporaryFolder where intermediate and spilled data go; empty: beside the output
 * @param memoryLimit as DuckDB writes sizes, such as 4GB
 */
public record PreprocessOptions(ColumnLayout layout, List<Path> train, List<Path> validation, List<Path> test, DictionaryScope dictionary, RowOrder order,
        long seed, long maxBadLines, Path output, Optional<Path> temporaryFolder, String memoryLimit, int threads, ExistingOutput existing) {

    /** Which rows are counted for the dictionaries. */
    public enum DictionaryScope {
        /** The training rows: nothing of validation and test leaks into the model. */
        TRAIN,
        /** All rows, as the reference does; the published cardinalities of Criteo's terabyte come from this. */
        ALL
    }

    /** Order of the training samples; the other splits keep the order of the input. */
    public enum RowOrder {
        RANDOM, INPUT
    }

    /** What to do when the output or an unfinished run is already there. */
    public enum ExistingOutput {
        REFUSE, OVERWRITE, RESUME
    }

    public PreprocessOptions {
        train = List.copyOf(train);
        validation = List.copyOf(validation);
        test = List.copyOf(test);
        if (train.isEmpty()) {
            throw new UserException("no training files: give them with --train");
        }
        if (layout.split() instanceof SplitRule.SeparateFiles) {
            if (test.isEmpty()) {
                throw new UserException("no test files: give them with --test, or choose a split rule that takes the test rows out of the training files");
            }
        } else if (!test.isEmpty() || !validation.isEmpty()) {
            throw new UserException("the split rule takes validation and test rows out of the --train files: leave --valid and --test away, or choose"
                    + " --split separate_files");
        }
        if (layout.split() instanceof SplitRule.LastFileHalves && train.size() < 2) {
            throw new UserException("the split rule last_file_halves needs two or more --train files: the last one becomes test and validation");
        }
        if (!memoryLimit.matches("\\d+(\\.\\d+)?\\s*([KMGT]i?B)")) {
            throw new UserException("--memory_limit " + memoryLimit + " is not a size such as 4GB or 500MB");
        }
        if (threads < 1) {
            throw new UserException("--threads " + threads + " must be 1 or more");
        }
        if (maxBadLines < 0) {
            throw new UserException("--max_bad_lines " + maxBadLines + " must be 0 or more");
        }
    }

    /** All files in the order that row numbers follow: training, validation, test. */
    public List<Path> files() {
        List<Path> files = new ArrayList<>(train);
        files.addAll(validation);
        files.addAll(test);
        return files;
    }
}
