package crosscut.launcher.command;

import crosscut.engine.UserException;
import crosscut.engine.preprocess.PreprocessOptions;
import crosscut.engine.preprocess.PreprocessOptions.DictionaryScope;
import crosscut.engine.preprocess.PreprocessOptions.ExistingOutput;
import crosscut.engine.preprocess.PreprocessOptions.RowOrder;
import crosscut.engine.preprocess.PreprocessSummary;
import crosscut.engine.preprocess.Preprocessing;
import crosscut.engine.preprocess.layout.ColumnChoices;
import crosscut.engine.preprocess.layout.ColumnLayout;
import crosscut.engine.preprocess.layout.CriteoLayout;
import crosscut.engine.preprocess.layout.MappingFile;
import crosscut.engine.preprocess.layout.NumericTransform;
import crosscut.engine.preprocess.layout.SplitRule;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Turns raw files into a data set that training reads. */
@Command(
        name = "preprocess",
        description = "Turn raw Criteo files, or any CSV or Parquet files, into a data set (tf_raw and feature_spec.yaml). docs/preprocess.md explains it.",
        sortOptions = false,
        usageHelpAutoWidth = true)
final class PreprocessCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Option(names = "--layout", required = true, paramLabel = "criteo|FILE.yaml",
            description = "What the columns are: criteo (label, 13 integers, 26 categories, tab separated), or a mapping file.")
    private String layout;

    @Option(names = "--train", required = true, arity = "1..*", paramLabel = "FILE", description = "Training files in order, plain or gzip.")
    private List<Path> train;

    @Option(names = {"--valid", "--validation"}, arity = "1..*", paramLabel = "FILE", description = "Validation files.")
    private List<Path> validation = List.of();

    @Option(names = "--test", arity = "1..*", paramLabel = "FILE", description = "Test files.")
    private List<Path> test = List.of();

    @Option(names = "--split", paramLabel = "RULE",
            description = "separate_files (default), last_file_halves (the last training file's first half is test, its second validation: the rule for Criteo's"
                    + " terabyte), or a condition for the test rows such as \"row_index %% 5 == 4\".")
    private String split;

    @Option(names = "--frequency_threshold", paramLabel = "T",
            description = "Values seen fewer than T times share embedding row 0 with missing and unseen ones. 0 keeps all. Needed for criteo.")
    private Long frequencyThreshold;

    @Option(names = "--dictionary", defaultValue = "train", paramLabel = "train|all",
            description = "Which rows are counted for that: train (default; nothing of the test rows leaks), or all, as the reference does; the published table sizes"
                    + " of Criteo's terabyte come from all.")
    private DictionaryScope dictionary;

    @Option(names = "--numeric_transform", paramLabel = "NAME",
            description = "none, log3 (ln(x+3), criteo's default), log1p, standardize, log1p_standardize. Missing values become 0 after it.")
    private String numericTransform;

    @Option(names = "--missing_flags", arity = "1", description = "Add a numerical feature per column that is 1 where the value is missing.")
    private Boolean missingFlags;

    @Option(names = "--order", defaultValue = "random", paramLabel = "random|input",
            description = "Order of the training samples: random (default; a global shuffle), or that of the input. Test and validation keep theirs.")
    private RowOrder order;

    @Option(names = "--seed", defaultValue = "0", description = "Of the random order (default: 0).")
    private long seed;

    @Option(names = "--output", required = true, paramLabel = "DIR", description = "Folder for the data set; appears when it is complete.")
    private Path output;

    @Option(names = "--overwrite", description = "Replace a data set, or an interrupted run, that is there already.")
    private boolean overwrite;

    @Option(names = "--resume", description = "Go on with an interrupted run of the same arguments.")
    private boolean resume;

    @Option(names = "--max_bad_lines", defaultValue = "0", paramLabel = "N", description = "Leave out up to N lines that cannot be used (default: 0).")
    private long maxBadLines;

    @Option(names = "--temporary_folder", paramLabel = "DIR",
            description = "For intermediate files and what does not fit into memory (default: beside the output). About the size of the unpacked input.")
    private Path temporaryFolder;

    @Option(names = "--memory_limit", defaultValue = "4GB", paramLabel = "SIZE", description = "Memory for the database (default: 4GB).")
    private String memoryLimit;

    @Option(names = "--threads", paramLabel = "N", description = "Default: one per processor. The result is the same for any number.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Override
    public void run() {
        if (overwrite && resume) {
            throw new UserException("--overwrite starts anew and --resume goes on: give one of the two");
        }
        ExistingOutput existing = overwrite ? ExistingOutput.OVERWRITE : resume ? ExistingOutput.RESUME : ExistingOutput.REFUSE;
        PreprocessOptions options = new PreprocessOptions(columnLayout(), train, validation, test, dictionary, order, seed, maxBadLines, output,
                Optional.ofNullable(temporaryFolder), memoryLimit, threads, existing);
        PrintWriter out = spec.commandLine().getOut();
        PreprocessSummary summary = Preprocessing.run(options, new PreprocessLines(spec.commandLine().getErr(), System.console() != null && System.console().isTerminal()));
        PreprocessReport.print(summary, out);
    }

    private ColumnLayout columnLayout() {
        if (frequencyThreshold != null && frequencyThreshold < 0) {
            throw new UserException("--frequency_threshold " + frequencyThreshold + " must be 0 or more");
        }
        ColumnChoices choices = new ColumnChoices(Optional.ofNullable(numericTransform).map(NumericTransform::named), Optional.ofNullable(missingFlags),
                frequencyThreshold == null ? OptionalLong.empty() : OptionalLong.of(frequencyThreshold), Optional.ofNullable(split).map(PreprocessCommand::splitRule));
        if (layout.equals(CriteoLayout.NAME)) {
            return CriteoLayout.create(choices);
        }
        if (!layout.endsWith(".yaml") && !layout.endsWith(".yml")) {
            throw new UserException("--layout " + layout + " is neither criteo nor a mapping file (.yaml)");
        }
        return MappingFile.read(Path.of(layout), choices);
    }

    private static SplitRule splitRule(String text) {
        return text.contains("row_index") ? SplitRule.byConditions(text, null) : SplitRule.named(text);
    }
}
