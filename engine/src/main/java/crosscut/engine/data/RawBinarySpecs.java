package crosscut.engine.data;

import crosscut.engine.data.FeatureSpec.Channels;
import crosscut.engine.data.FeatureSpec.Chunk;
import crosscut.engine.data.FeatureSpec.Feature;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Specs of tf_raw folders that are about to be written, laid out as the reference's own writer does. */
public final class RawBinarySpecs {

    private RawBinarySpecs() {
    }

    /**
     * A spec with the files {@code SPLIT/numerical.bin}, {@code SPLIT/label.bin} and {@code SPLIT/cat_I.bin}, ids in the narrowest types, float16 numerical
     * features and a bool label.
     *
     * @param categorical name, cardinality and hotness of each table, in table order; other properties are not taken over
     * @param numerical names in column order, may be empty
     * @param label name of the label
     * @param splits names of the splits, train and test among them
     * @param metadata free content of the spec
     * @throws IllegalArgumentException for a cardinality that needs ids wider than 32 bits
     */
    public static FeatureSpec create(List<Feature> categorical, List<String> numerical, String label, List<String> splits, Map<String, Object> metadata) {
        Map<String, Feature> features = new LinkedHashMap<>();
        for (Feature feature : categorical) {
            features.put(feature.name(), Feature.categorical(feature.name(), feature.cardinality().orElseThrow(), feature.idsPerSample()));
        }
        for (String name : numerical) {
            features.put(name, Feature.plain(name, ColumnType.FLOAT16));
        }
        features.put(label, Feature.plain(label, ColumnType.BOOL));
        List<String> categoricalNames = categorical.stream().map(Feature::name).toList();
        Map<String, List<Chunk>> chunks = new LinkedHashMap<>();
        for (String split : splits) {
            chunks.put(split, chunks(split, categoricalNames, numerical, label));
        }
        return new FeatureSpec(features, new Channels(categoricalNames, numerical, label), chunks, metadata);
    }

    /** The same data under the names that the reference's writer gives: cat_0.bin ..., num_0 ..., label. */
    public static FeatureSpec createWithReferenceNames(List<Feature> categorical, int numericalFeatures, List<String> splits) {
        List<Feature> renamed = new ArrayList<>();
        for (Feature feature : categorical) {
            renamed.add(Feature.categorical("cat_" + renamed.size() + ".bin", feature.cardinality().orElseThrow(), feature.idsPerSample()));
        }
        List<String> numerical = new ArrayList<>();
        for (int column = 0; column < numericalFeatures; column++) {
            numerical.add("num_" + column);
        }
        return create(renamed, numerical, "label", splits, Map.of());
    }

    private static List<Chunk> chunks(String split, List<String> categorical, List<String> numerical, String label) {
        List<Chunk> chunks = new ArrayList<>();
        if (!numerical.isEmpty()) {
            chunks.add(chunk(numerical, split + "/numerical.bin"));
        }
        chunks.add(chunk(List.of(label), split + "/label.bin"));
        for (int table = 0; table < categorical.size(); table++) {
            chunks.add(chunk(List.of(categorical.get(table)), split + "/cat_" + table + ".bin"));
        }
        return chunks;
    }

    private static Chunk chunk(List<String> features, String file) {
        return new Chunk(FeatureSpec.SPLIT_BINARY, features, List.of(file));
    }
}
