package crosscut.engine.data.tools;

import crosscut.engine.data.ColumnType;
import crosscut.engine.data.FeatureSpec;
import crosscut.engine.data.FeatureSpec.Feature;
import crosscut.engine.data.MappedColumn;
import crosscut.engine.data.RawBinaryDataset;
import crosscut.engine.data.RawBinarySplit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads every value of a tf_raw folder once, with bounded memory: one bit per id of the largest table. */
public final class Inspector {

    private final FeatureSpec spec;

    private Inspector(FeatureSpec spec) {
        this.spec = spec;
    }

    /**
     * Looks at all files.
     *
     * @param specFile feature spec of the folder
     * @throws crosscut.engine.UserException when the spec is wrong or file sizes do not fit; wrong values are reported instead
     */
    public static InspectionReport inspect(Path specFile) {
        try (RawBinaryDataset dataset = RawBinaryDataset.open(specFile)) {
            Inspector inspector = new Inspector(dataset.spec());
            List<FileReport> files = new ArrayList<>();
            for (String split : dataset.splits()) {
                files.addAll(inspector.inspect(dataset.split(split)));
            }
            return new InspectionReport(specFile.toString(), files);
        }
    }

    private List<FileReport> inspect(RawBinarySplit split) {
        List<FileReport> reports = new ArrayList<>();
        reports.add(ids(split.split(), split.label(), Feature.plain(spec.channels().label(), ColumnType.BOOL), 2, "is neither 0 nor 1"));
        if (split.numerical() != null) {
            reports.add(numerical(split.split(), split.numerical()));
        }
        for (int table = 0; table < spec.categorical().size(); table++) {
            Feature feature = spec.categorical().get(table);
            long cardinality = feature.cardinality().orElseThrow();
            String rule = "is outside [0, " + cardinality + "), the cardinality of the feature spec";
            reports.add(ids(split.split(), split.categorical(table), feature, cardinality, rule));
        }
        return reports;
    }

    private FileReport ids(String split, MappedColumn column, Feature feature, long limit, String rule) {
        ValueStatistics statistics = new ValueStatistics(column, feature.type(), limit);
        statistics.readIds();
        Long cardinality = feature.cardinality().isPresent() ? feature.cardinality().getAsLong() : null;
        return statistics.report(split, path(split, feature.name()), List.of(feature.name()), feature.idsPerSample(), cardinality, rule);
    }

    private FileReport numerical(String split, MappedColumn column) {
        List<String> names = spec.channels().numerical();
        ValueStatistics statistics = new ValueStatistics(column, ColumnType.FLOAT16, 1 << Short.SIZE);
        statistics.readNumbers();
        return statistics.report(split, path(split, names.getFirst()), names, names.size(), null, "is not a finite number");
    }

    private String path(String split, String feature) {
        return spec.chunkOf(split, feature).files().getFirst();
    }
}
