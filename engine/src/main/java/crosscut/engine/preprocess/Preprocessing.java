package crosscut.engine.preprocess;

import crosscut.engine.UserException;
import crosscut.engine.data.ColumnType;
import crosscut.engine.data.FeatureSpec;
import crosscut.engine.preprocess.PreprocessOptions.DictionaryScope;
import crosscut.engine.preprocess.PreprocessOptions.ExistingOutput;
import crosscut.engine.preprocess.Samples.IngestedFile;
import crosscut.engine.preprocess.layout.CategoricalColumn;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Turns raw files into a tf_raw folder. Every stage leaves finished files and an entry in the journal, so a run that was killed goes on where it was; the output
 * carries its name only when everything in it is complete and counted.
 */
public final class Preprocessing {

    /** Estimated work for all input bytes; only the proportions matter, for the estimate of the time that is left. */
    private static final double CHECK_WEIGHT = 1;
    private static final double INGEST_WEIGHT = 3;
    private static final double STATISTICS_WEIGHT = 0.3;
    private static final double DICTIONARY_WEIGHT = 1;
    private static final double ENCODE_WEIGHT = 2;

    private final PreprocessOptions options;
    private final List<InputFile> inputs;
    private final BadLines badLines;
    private final Folders folders;
    private final Database database;
    private final StageJournal journal;
    private final StageRunner runner;
    private final Ingestion ingestion;
    private Samples samples;

    private Preprocessing(PreprocessOptions options, PreprocessListener listener, List<InputFile> inputs, Folders folders, StageJournal journal,
            Database database) {
        this.options = options;
        this.inputs = inputs;
        this.folders = folders;
        this.journal = journal;
        this.database = database;
        this.badLines = new BadLines(options.maxBadLines(), listener);
        this.runner = new StageRunner(journal, listener);
        this.ingestion = new Ingestion(options.layout(), database, badLines);
    }

    /**
     * Runs all stages that are not done.
     *
     * @throws UserException when input or output cannot be used; nothing then carries the output's name that did not before
     */
    public static PreprocessSummary run(PreprocessOptions options, PreprocessListener listener) {
        long start = System.nanoTime();
        List<InputFile> inputs = options.files().stream().map(InputFile::open).toList();
        requireDifferent(inputs);
        Map<String, String> arguments = Arguments.describe(options, inputs);
        try (Folders folders = Folders.open(options)) {
            boolean resumes = options.existing() == ExistingOutput.RESUME && Files.exists(folders.journal());
            StageJournal journal = resumes ? StageJournal.resume(folders.journal(), arguments) : StageJournal.create(folders.journal(), arguments);
            try (Database database = Database.open(options.memoryLimit(), options.threads(), folders.spill())) {
                Preprocessing preprocessing = new Preprocessing(options, listener, inputs, folders, journal, database);
                preprocessing.runStages();
                Publication publication = new Publication(options, folders, journal, preprocessing.splits());
                return publication.publish(arguments, preprocessing.inputRows(), preprocessing.badLines.count(), Duration.ofNanos(System.nanoTime() - start));
            }
        }
    }

    private void runStages() {
        inputs.forEach(ingestion::requireColumns);
        long totalBytes = inputs.stream().mapToLong(InputFile::bytes).sum();
        for (int index = 0; index < inputs.size(); index++) {
            planInput(index, (double) inputs.get(index).bytes() / totalBytes);
        }
        runner.add(StageNames.STATISTICS, STATISTICS_WEIGHT, _ -> Statistics.compute(options.layout(), samples(), database, inputRows() - badRows()));
        List<CategoricalColumn> categorical = options.layout().categorical();
        for (int column = 0; column < categorical.size(); column++) {
            planDictionary(column, DICTIONARY_WEIGHT / categorical.size());
        }
        for (String split : splits()) {
            planSplit(split, ENCODE_WEIGHT / (categorical.size() + 2) / splits().size());
        }
        runner.run();
    }

    private void planInput(int index, double share) {
        InputFile input = inputs.get(index);
        String check = StageNames.check(index, input);
        String ingest = StageNames.ingest(index, input);
        for (String stage : List.of(check, ingest)) {
            if (journal.entry(stage) != null) {
                badLines.addKnown(journal.entry(stage).number(Ingestion.BAD));
            }
        }
        runner.add(check, CHECK_WEIGHT * share, progress -> ingestion.check(input, progress));
        runner.add(ingest, INGEST_WEIGHT * share, progress -> ingestion.ingest(input, journal.entry(check), folders.ingested(index), progress));
    }

    private void planDictionary(int column, double weight) {
        CategoricalColumn categorical = options.layout().categorical().get(column);
        runner.add(StageNames.dictionary(categorical.name()), weight, progress -> {
            samples();
            boolean all = options.dictionary() == DictionaryScope.ALL;
            String table = all ? Samples.allTable() : Samples.table(FeatureSpec.TRAIN);
            long rows = all ? journal.entry(StageNames.STATISTICS).rows() : rows(FeatureSpec.TRAIN);
            return Dictionaries.build(categorical, column, table, rows, folders.dictionary(column), database, progress);
        });
    }

    private void planSplit(String split, double weight) {
        Path folder = folders.unfinished().resolve(split);
        runner.add(StageNames.label(split), weight, progress -> encoding().label(split, rows(split), folder.resolve("label.bin"), progress));
        if (!options.layout().numerical().isEmpty()) {
            runner.add(StageNames.numerical(split), weight, progress -> encoding().numerical(split, journal.entry(StageNames.STATISTICS), rows(split),
                    folder.resolve("numerical.bin"), progress));
        }
        for (int index = 0; index < options.layout().categorical().size(); index++) {
            int column = index;
            String name = options.layout().categorical().get(column).name();
            runner.add(StageNames.categorical(split, name), weight, progress -> encoding().categorical(split, column, type(name), folders.dictionary(column),
                    rows(split), folder.resolve("cat_" + column + ".bin"), progress));
        }
    }

    private Encoding encoding() {
        return new Encoding(options, database, samples(), ingestion);
    }

    /** The tables of good rows; made when the first stage needs them, because that takes the row counts of all files. */
    private Samples samples() {
        if (samples == null) {
            List<IngestedFile> files = new ArrayList<>();
            long firstRow = 0;
            for (int index = 0; index < inputs.size(); index++) {
                long rows = journal.entry(StageNames.ingest(index, inputs.get(index))).rows();
                files.add(new IngestedFile(inputs.get(index), folders.ingested(index), splitOfFile(index), firstRow, rows));
                firstRow += rows;
            }
            samples = new Samples(options.layout(), files);
            samples.define(database);
        }
        return samples;
    }

    private String splitOfFile(int index) {
        if (index < options.train().size()) {
            return FeatureSpec.TRAIN;
        }
        return index < options.train().size() + options.validation().size() ? FeatureSpec.VALIDATION : FeatureSpec.TEST;
    }

    private List<String> splits() {
        return Samples.splits(options.layout().split(), !options.validation().isEmpty());
    }

    private long rows(String split) {
        return journal.entry(StageNames.STATISTICS).number(Statistics.ROWS + split);
    }

    private ColumnType type(String categorical) {
        long values = journal.entry(StageNames.dictionary(categorical)).number(Dictionaries.VALUES);
        if (!ColumnType.INT32.fits(values + 1)) {
            throw new UserException("column " + categorical + " has " + values + " values, more than 32-bit ids can tell apart; raise its frequency threshold");
        }
        return ColumnType.narrowestFor(values + 1);
    }

    /** Well-formed rows of all files. */
    private long inputRows() {
        long rows = 0;
        for (int index = 0; index < inputs.size(); index++) {
            rows += journal.entry(StageNames.ingest(index, inputs.get(index))).rows();
        }
        return rows;
    }

    /** Well-formed rows with unusable values. */
    private long badRows() {
        long rows = 0;
        for (int index = 0; index < inputs.size(); index++) {
            rows += journal.entry(StageNames.ingest(index, inputs.get(index))).number(Ingestion.BAD);
        }
        return rows;
    }

    private static void requireDifferent(List<InputFile> inputs) {
        Set<Path> seen = new HashSet<>();
        for (InputFile input : inputs) {
            if (!seen.add(input.path())) {
                throw new UserException(input.path() + " is named twice among the input files");
            }
        }
    }
}
