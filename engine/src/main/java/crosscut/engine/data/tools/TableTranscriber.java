package crosscut.engine.data.tools;

import crosscut.engine.data.FeatureSpec;
import crosscut.engine.data.FeatureSpec.Feature;
import crosscut.engine.data.FeatureSpecReader;
import crosscut.engine.data.FeatureSpecRules;
import crosscut.engine.data.RawBinarySpecs;
import crosscut.engine.data.RawBinaryWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * CSV without header lines, or Parquet whose columns are named like the features, to tf_raw. Features keep their names. A first pass over the files finds the
 * cardinality of features that say {@code auto}: the greatest id plus 1 over all splits.
 */
final class TableTranscriber {

    private final TranscribeRequest request;
    private final FeatureSpec source;
    private final Path folder;

    private TableTranscriber(TranscribeRequest request, FeatureSpec source) {
        this.request = request;
        this.source = source;
        this.folder = request.sourceSpecFile().toAbsolutePath().getParent();
    }

    static Map<String, Long> run(TranscribeRequest request) {
        FeatureSpec source = FeatureSpecReader.read(request.sourceSpecFile());
        FeatureSpecRules.requireTables(request.sourceSpecFile(), source, request.source().name().toLowerCase(Locale.ROOT));
        TableTranscriber transcriber = new TableTranscriber(request, source);
        return transcriber.write(transcriber.withCardinalities());
    }

    private List<Feature> withCardinalities() {
        List<Feature> features = new ArrayList<>(source.categorical());
        List<String> automatic = features.stream().filter(feature -> feature.cardinality().isEmpty()).map(Feature::name).toList();
        if (automatic.isEmpty()) {
            return features;
        }
        Map<String, Integer> greatest = greatestIds(automatic);
        features.replaceAll(feature -> automatic.contains(feature.name()) ? new Feature(feature.name(), null,
                OptionalLong.of(greatest.getOrDefault(feature.name(), 0) + 1L), OptionalInt.empty(), OptionalDouble.empty()) : feature);
        return features;
    }

    private Map<String, Integer> greatestIds(List<String> names) {
        Map<String, Integer> greatest = new LinkedHashMap<>();
        for (String split : source.splits().keySet()) {
            long limit = request.sampleLimit(split);
            try (TableSplit rows = new TableSplit(folder, source, split)) {
                for (long sample = 0; sample < limit && rows.next(); sample++) {
                    names.forEach(name -> greatest.merge(name, rows.id(name), Math::max));
                }
            }
        }
        return greatest;
    }

    private Map<String, Long> write(List<Feature> categorical) {
        FeatureSpec target = RawBinarySpecs.create(categorical, source.channels().numerical(), source.channels().label(), List.copyOf(source.splits().keySet()),
                source.metadata());
        try (RawBinaryWriter writer = RawBinaryWriter.open(request.targetFolder(), request.targetSpec(), target, request.overwrite())) {
            Map<String, Long> rows = new LinkedHashMap<>();
            for (String split : source.splits().keySet()) {
                copy(split, writer.split(split));
                rows.put(split, writer.split(split).rows());
            }
            writer.finish();
            return rows;
        }
    }

    private void copy(String split, RawBinaryWriter.Split target) {
        List<String> categorical = source.channels().categorical();
        List<String> numerical = source.channels().numerical();
        byte[] label = new byte[1];
        float[] values = new float[numerical.size()];
        int[] id = new int[1];
        long limit = request.sampleLimit(split);
        try (TableSplit rows = new TableSplit(folder, source, split)) {
            for (long sample = 0; sample < limit && rows.next(); sample++) {
                label[0] = rows.label(source.channels().label());
                target.appendLabels(label, 1);
                for (int column = 0; column < values.length; column++) {
                    values[column] = rows.number(numerical.get(column));
                }
                if (values.length > 0) {
                    target.appendNumerical(values, 1);
                }
                for (int table = 0; table < categorical.size(); table++) {
                    id[0] = rows.id(categorical.get(table));
                    target.appendIds(table, id, 1);
                }
            }
        }
    }
}
