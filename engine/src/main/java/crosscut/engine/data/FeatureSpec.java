package crosscut.engine.data;

import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.batch.RawBatchLayout.CategoricalColumn;
import crosscut.kernels.device.DataType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What feature_spec.yaml says: which features there are, what each is for, and which file holds it.
 *
 * <p>The order of tables, widths and inputs everywhere is the order of {@link Channels#categorical()}, not that of the files or of the YAML map.
 * {@link FeatureSpecReader} makes one from a file and checks what every spec must satisfy; {@link FeatureSpecRules} checks what a certain use needs.
 *
 * @param features every feature by name
 * @param channels what each feature is for
 * @param splits per split (train, test, perhaps validation) the chunks that hold it; empty when {@code source_spec} is null, as in a spec that only describes
 *     synthetic data
 * @param metadata free content, kept as read
 */
public record FeatureSpec(Map<String, Feature> features, Channels channels, Map<String, List<Chunk>> splits, Map<String, Object> metadata) {

    public static final String TRAIN = "train";
    public static final String TEST = "test";
    public static final String VALIDATION = "validation";
    public static final String DEFAULT_FILE_NAME = "feature_spec.yaml";
    public static final String SPLIT_BINARY = "split_binary";

    public FeatureSpec {
        features = Collections.unmodifiableMap(new LinkedHashMap<>(features));
        splits = Collections.unmodifiableMap(new LinkedHashMap<>(splits));
        metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
    }

    /**
     * One feature.
     *
     * @param type element type, or null where the source needs none (CSV and Parquet input)
     * @param cardinality ids lie in [0, cardinality); empty for numerical features and the label, and for a categorical one with {@code cardinality: auto}
     * @param hotness ids per sample; empty means 1
     * @param alpha exponent of the power law of synthetic ids; empty means uniform
     */
    public record Feature(String name, ColumnType type, OptionalLong cardinality, OptionalInt hotness, OptionalDouble alpha) {

        /** A categorical feature with one id per sample, in the narrowest type that holds it. */
        public static Feature categorical(String name, long cardinality) {
            return categorical(name, cardinality, 1);
        }

        /** A categorical feature with {@code hotness} ids per sample, in the narrowest type that holds it. */
        public static Feature categorical(String name, long cardinality, int hotness) {
            OptionalInt written = hotness == 1 ? OptionalInt.empty() : OptionalInt.of(hotness);
            return new Feature(name, ColumnType.narrowestFor(cardinality), OptionalLong.of(cardinality), written, OptionalDouble.empty());
        }

        /** A numerical feature or a label: only a name and a type. */
        public static Feature plain(String name, ColumnType type) {
            return new Feature(name, type, OptionalLong.empty(), OptionalInt.empty(), OptionalDouble.empty());
        }

        /** Ids per sample, 1 where the spec does not say. */
        public int idsPerSample() {
            return hotness.orElse(1);
        }
    }

    /**
     * What the features are for.
     *
     * @param categorical in the order of the embedding tables
     * @param numerical in the order of the columns
     * @param label the one label
     */
    public record Channels(List<String> categorical, List<String> numerical, String label) {

        public Channels {
            categorical = List.copyOf(categorical);
            numerical = List.copyOf(numerical);
        }
    }

    /**
     * Some features of one split and where they lie.
     *
     * @param type {@code split_binary}; {@code csv} and {@code parquet} as input of the transcriber
     * @param files paths relative to the folder of the spec
     */
    public record Chunk(String type, List<String> features, List<String> files) {

        public Chunk {
            features = List.copyOf(features);
            files = List.copyOf(files);
        }
    }

    /** Whether the spec names no files and only describes data to be drawn. */
    public boolean isSynthetic() {
        return splits.isEmpty();
    }

    public Feature feature(String name) {
        Feature feature = features.get(name);
        if (feature == null) {
            throw new IllegalArgumentException("no feature " + name);
        }
        return feature;
    }

    /** The categorical features in table order. */
    public List<Feature> categorical() {
        return channels.categorical().stream().map(this::feature).toList();
    }

    /** The chunk of a split that holds a feature. */
    public Chunk chunkOf(String split, String feature) {
        return splits.get(split).stream().filter(chunk -> chunk.features().contains(feature)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException(split + " has no feature " + feature));
    }

    /** The columns of a batch, with ids in the types that the spec gives and float16 numerical values. */
    public RawBatchLayout layout(int batchSize) {
        List<CategoricalColumn> columns = new ArrayList<>();
        for (Feature feature : categorical()) {
            columns.add(new CategoricalColumn(feature.name(), feature.cardinality().orElseThrow(), feature.type().dataType(), feature.idsPerSample()));
        }
        return new RawBatchLayout(batchSize, channels.numerical().size(), DataType.FLOAT16, columns);
    }
}
