package crosscut.engine.data;

import crosscut.engine.UserException;
import crosscut.engine.data.FeatureSpec.Channels;
import crosscut.engine.data.FeatureSpec.Chunk;
import crosscut.engine.data.FeatureSpec.Feature;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Reads feature_spec.yaml and checks what holds for every spec, whatever it is used for: known keys, types of values, each feature in exactly one channel and
 * once per split. What a certain use needs beyond that, {@link FeatureSpecRules} checks.
 */
public final class FeatureSpecReader {

    private static final Set<String> TOP_LEVEL_KEYS = Set.of("feature_spec", "source_spec", "channel_spec", "metadata");
    private static final Set<String> FEATURE_KEYS = Set.of("dtype", "cardinality", "hotness", "alpha");
    private static final Set<String> CHANNEL_KEYS = Set.of("categorical", "numerical", "label");
    private static final Set<String> CHUNK_KEYS = Set.of("type", "features", "files");
    private static final Set<String> SPLITS = Set.of(FeatureSpec.TRAIN, FeatureSpec.TEST, FeatureSpec.VALIDATION);

    private FeatureSpecReader() {
    }

    /**
     * Reads a spec.
     *
     * @throws UserException naming file, feature, value and remedy when the file is missing, not YAML, or says something that no spec may say
     */
    public static FeatureSpec read(Path file) {
        Object content = YamlFile.read(file);
        SpecPart root = new SpecPart(file, "the feature spec", content);
        Map<String, SpecPart> parts = root.mapping(TOP_LEVEL_KEYS);
        SpecPart descriptions = root.required(parts, "feature_spec").named("feature_spec");
        Map<String, Feature> features = features(descriptions);
        SpecPart purposes = root.required(parts, "channel_spec").named("channel_spec");
        Channels channels = channels(purposes);
        requireSameFeatures(purposes, channels, features.keySet());
        requireCardinalities(descriptions.mapping(), channels);
        requireSingleNumbers(descriptions.mapping(), channels, features);
        SpecPart sources = root.required(parts, "source_spec").named("source_spec");
        Map<String, List<Chunk>> splits = sources.value() == null ? Map.of() : splits(sources, features.keySet());
        SpecPart metadata = parts.get("metadata");
        return new FeatureSpec(features, channels, splits, metadata == null || metadata.value() == null ? Map.of() : values(metadata.named("metadata")));
    }

    private static Map<String, Object> values(SpecPart metadata) {
        Map<String, Object> values = new LinkedHashMap<>();
        metadata.mapping().forEach((key, part) -> values.put(key, part.value()));
        return values;
    }

    private static Map<String, Feature> features(SpecPart part) {
        Map<String, Feature> features = new LinkedHashMap<>();
        part.mapping().forEach((name, properties) -> features.put(name, feature(name, properties.named("feature " + name))));
        if (features.isEmpty()) {
            throw part.wrong("names no feature");
        }
        return features;
    }

    private static Feature feature(String name, SpecPart part) {
        Map<String, SpecPart> properties = part.mapping(FEATURE_KEYS);
        SpecPart cardinality = properties.get("cardinality");
        SpecPart hotness = properties.get("hotness");
        SpecPart alpha = properties.get("alpha");
        return new Feature(name, type(part, properties.get("dtype")),
                cardinality == null || "auto".equals(cardinality.value()) ? OptionalLong.empty() : OptionalLong.of(cardinality.wholeNumber(1)),
                hotness == null ? OptionalInt.empty() : OptionalInt.of(hotness(hotness)),
                alpha == null ? OptionalDouble.empty() : OptionalDouble.of(alpha.nonNegativeNumber()));
    }

    private static int hotness(SpecPart part) {
        long hotness = part.wholeNumber(1);
        if (hotness > Short.MAX_VALUE) {
            throw part.wrong("is " + hotness + "; at most " + Short.MAX_VALUE + " ids per sample are supported");
        }
        return (int) hotness;
    }

    private static ColumnType type(SpecPart feature, SpecPart dtype) {
        if (dtype == null) {
            return null;
        }
        return ColumnType.named(dtype.text())
                .orElseThrow(() -> feature.wrong("has dtype " + dtype.text() + ", which is no numpy type of tf_raw: use bool, int8, int16, int32 or float16"));
    }

    private static Channels channels(SpecPart part) {
        Map<String, SpecPart> lists = part.mapping(CHANNEL_KEYS);
        List<String> label = part.required(lists, "label").names();
        if (label.size() != 1) {
            throw part.wrong("/ label must name exactly one feature, but names " + label.size());
        }
        List<String> categorical = part.required(lists, "categorical").names();
        List<String> numerical = part.required(lists, "numerical").names();
        if (categorical.isEmpty() && numerical.isEmpty()) {
            throw part.wrong("names neither a categorical nor a numerical feature: there is nothing to learn from");
        }
        return new Channels(categorical, numerical, label.getFirst());
    }

    private static void requireSameFeatures(SpecPart part, Channels channels, Set<String> features) {
        Map<String, String> channelOf = new HashMap<>();
        List<List<String>> lists = List.of(channels.categorical(), channels.numerical(), List.of(channels.label()));
        List<String> names = List.of("categorical", "numerical", "label");
        for (int channel = 0; channel < lists.size(); channel++) {
            for (String feature : lists.get(channel)) {
                String other = channelOf.put(feature, names.get(channel));
                if (other != null) {
                    throw part.wrong("has feature " + feature + " both as " + other + " and as " + names.get(channel) + "; it can be only one");
                }
                if (!features.contains(feature)) {
                    throw part.wrong("/ " + names.get(channel) + " names " + feature + ", but feature_spec does not describe it: add it there or drop it here");
                }
            }
        }
        for (String feature : features) {
            if (!channelOf.containsKey(feature)) {
                throw part.wrong("does not say what feature " + feature
                        + " is for: list it under categorical, numerical or label, or drop it from feature_spec");
            }
        }
    }

    private static void requireCardinalities(Map<String, SpecPart> descriptions, Channels channels) {
        for (String name : channels.categorical()) {
            SpecPart description = descriptions.get(name).named("feature " + name);
            if (!description.mapping().containsKey("cardinality")) {
                throw description.wrong("is categorical but has no cardinality: say how many ids it has (greatest id + 1)");
            }
        }
    }

    private static void requireSingleNumbers(Map<String, SpecPart> descriptions, Channels channels, Map<String, Feature> features) {
        for (String name : channels.numerical()) {
            if (features.get(name).idsPerSample() != 1) {
                throw descriptions.get(name).named("feature " + name).wrong("is numerical but has hotness " + features.get(name).idsPerSample()
                        + "; only categorical features can have several values per sample");
            }
        }
    }

    private static Map<String, List<Chunk>> splits(SpecPart part, Set<String> features) {
        Map<String, List<Chunk>> splits = new LinkedHashMap<>();
        part.mapping(SPLITS).forEach((split, chunks) -> splits.put(split, chunks(split, chunks, features)));
        for (String split : List.of(FeatureSpec.TRAIN, FeatureSpec.TEST)) {
            if (!splits.containsKey(split)) {
                throw part.wrong("lacks the split " + split);
            }
        }
        return splits;
    }

    private static List<Chunk> chunks(String split, SpecPart part, Set<String> features) {
        List<Chunk> chunks = new ArrayList<>();
        Set<String> seen = new LinkedHashSet<>();
        for (SpecPart entry : part.list()) {
            Chunk chunk = chunk(entry);
            for (String feature : chunk.features()) {
                if (!features.contains(feature)) {
                    throw entry.wrong("names feature " + feature + ", which feature_spec does not describe");
                }
                if (!seen.add(feature)) {
                    throw entry.wrong("names feature " + feature + ", which an earlier chunk of " + split + " already holds");
                }
            }
            chunks.add(chunk);
        }
        for (String feature : features) {
            if (!seen.contains(feature)) {
                throw part.wrong("has no chunk with feature " + feature);
            }
        }
        return chunks;
    }

    private static Chunk chunk(SpecPart part) {
        Map<String, SpecPart> parts = part.mapping(CHUNK_KEYS);
        Chunk chunk = new Chunk(part.required(parts, "type").text(), part.required(parts, "features").names(), part.required(parts, "files").names());
        if (chunk.features().isEmpty()) {
            throw part.wrong("names no features");
        }
        if (chunk.files().isEmpty()) {
            throw part.wrong("names no files");
        }
        return chunk;
    }
}
