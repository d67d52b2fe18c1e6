package crosscut.engine.preprocess;

import crosscut.engine.UserException;
import crosscut.engine.data.ColumnType;
import crosscut.engine.data.FeatureSpec;
import crosscut.engine.data.FeatureSpec.Feature;
import crosscut.engine.data.FeatureSpecWriter;
import crosscut.engine.data.FileFailure;
import crosscut.engine.data.RawBinarySpecs;
import crosscut.engine.preprocess.layout.ColumnLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The last step: sizes of all files checked, feature_spec.yaml and preprocessing.json written, the folder given its name. */
final class Publication {

    private static final String RECORD_FILE = "preprocessing.json";

    private final PreprocessOptions options;
    private final ColumnLayout layout;
    private final Folders folders;
    private final StageJournal journal;
    private final List<String> splits;

    Publication(PreprocessOptions options, Folders folders, StageJournal journal, List<String> splits) {
        this.options = options;
        this.layout = options.layout();
        this.folders = folders;
        this.journal = journal;
        this.splits = splits;
    }

    /**
     * @param rows well-formed rows of all files
     * @throws UserException when a file does not have the size that its rows give, or the disk refuses
     */
    PreprocessSummary publish(Map<String, String> arguments, long rows, long badLines, Duration elapsed) {
        FeatureSpec spec = spec();
        requireSizes(spec);
        try {
            FeatureSpecWriter.write(spec, folders.unfinished().resolve(FeatureSpec.DEFAULT_FILE_NAME));
            List<PreprocessSummary.Column> columns = columns();
            DurableFiles.replace(folders.unfinished().resolve(RECORD_FILE), record(arguments, columns));
            List<PreprocessSummary.Split> sizes = splitSizes();
            long bytes = DurableFiles.size(folders.unfinished());
            folders.publish();
            return new PreprocessSummary(options.output(), sizes, columns, rows, badLines, bytes, elapsed);
        } catch (IOException failure) {
            throw new UserException("cannot give the finished data set its name " + options.output() + ": " + FileFailure.reason(failure), failure);
        }
    }

    private FeatureSpec spec() {
        List<Feature> categorical = layout.categorical().stream().map(column -> Feature.categorical(column.name(), cardinality(column.name()))).toList();
        return RawBinarySpecs.create(categorical, layout.numericalFeatures(), layout.label().column(), splits, Map.of());
    }

    private void requireSizes(FeatureSpec spec) {
        for (String split : splits) {
            long rows = rows(split);
            for (FeatureSpec.Chunk chunk : spec.splits().get(split)) {
                Path file = folders.unfinished().resolve(chunk.files().getFirst());
                Feature feature = spec.feature(chunk.features().getFirst());
                int width = feature.type() == ColumnType.FLOAT16 ? layout.numericalFeatures().size() * Short.BYTES : feature.type().byteSize();
                try {
                    if (!Files.exists(file) || Files.size(file) != rows * width) {
                        throw new UserException(file + " should have " + rows * width + " bytes for " + rows + " rows, but " + (Files.exists(file)
                                ? "has " + Files.size(file) : "is missing") + "; start anew with --overwrite");
                    }
                } catch (IOException failure) {
                    throw new UserException("cannot read " + file + ": " + FileFailure.reason(failure), failure);
                }
            }
        }
    }

    private List<PreprocessSummary.Split> splitSizes() throws IOException {
        List<PreprocessSummary.Split> sizes = new ArrayList<>();
        for (String split : splits) {
            long positives = journal.entry(StageNames.label(split)).number(Encoding.POSITIVES);
            sizes.add(new PreprocessSummary.Split(split, rows(split), positives, DurableFiles.size(folders.unfinished().resolve(split))));
        }
        return sizes;
    }

    private List<PreprocessSummary.Column> columns() {
        List<PreprocessSummary.Column> columns = new ArrayList<>();
        double samples = rows(FeatureSpec.TRAIN);
        StageJournal.Entry statistics = journal.entry(StageNames.STATISTICS);
        for (int index = 0; index < layout.numerical().size(); index++) {
            columns.add(new PreprocessSummary.Column(layout.numerical().get(index).name(), false, 0,
                    statistics.number(Statistics.MISSING + "n" + index) / samples, layout.numerical().get(index).transform().label()));
        }
        for (int index = 0; index < layout.categorical().size(); index++) {
            String name = layout.categorical().get(index).name();
            columns.add(new PreprocessSummary.Column(name, true, cardinality(name), statistics.number(Statistics.MISSING + "c" + index) / samples,
                    "frequency threshold " + layout.categorical().get(index).frequencyThreshold()));
        }
        return columns;
    }

    /** How the data were made, with everything that it takes to treat new samples alike. */
    private byte[] record(Map<String, String> arguments, List<PreprocessSummary.Column> columns) {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("arguments", arguments);
        record.put("columns", columns);
        record.put("statistics", journal.entry(StageNames.STATISTICS).facts());
        return JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build().writeValueAsBytes(record);
    }

    private long rows(String split) {
        return journal.entry(StageNames.STATISTICS).number(Statistics.ROWS + split);
    }

    private long cardinality(String categorical) {
        return journal.entry(StageNames.dictionary(categorical)).number(Dictionaries.VALUES) + 1;
    }
}
