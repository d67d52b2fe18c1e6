package crosscut.engine.data;

import crosscut.engine.UserException;
import crosscut.engine.data.FeatureSpec.Chunk;
import crosscut.engine.data.FeatureSpec.Feature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;

/**
 * Writes a {@link FeatureSpec} as the reference does: block style, keys sorted, the list of numerical features once as an anchor and from then on as an alias,
 * chunks in the order numerical, label, categorical.
 */
public final class FeatureSpecWriter {

    private FeatureSpecWriter() {
    }

    /** Writes under a temporary name and renames, so that {@code file} is never half a spec. Folders above it are created. */
    public static void write(FeatureSpec spec, Path file) {
        Path target = file.toAbsolutePath();
        Path temporary = target.resolveSibling("." + target.getFileName() + ".partial-" + ProcessHandle.current().pid());
        if (Files.isDirectory(target)) {
            throw new UserException("cannot write " + file + ": it is a folder");
        }
        try {
            Files.createDirectories(target.getParent());
            try {
                Files.writeString(temporary, toYaml(spec));
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(temporary);
            }
        } catch (IOException failure) {
            throw new UserException("cannot write " + file + ": " + FileFailure.reason(failure), failure);
        }
    }

    /** The text of the file. */
    public static String toYaml(FeatureSpec spec) {
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        String text = new Yaml(options).dump(tree(spec));
        // The reference ends specs of files with a blank line and those of its generator without.
        return spec.isSynthetic() ? text : text + "\n";
    }

    private static Map<String, Object> tree(FeatureSpec spec) {
        // One list object in all places is what makes the emitter write an anchor and aliases.
        List<String> numerical = new ArrayList<>(spec.channels().numerical());
        Map<String, Object> tree = new TreeMap<>();
        tree.put("channel_spec", channels(spec, numerical));
        Map<String, Object> features = new TreeMap<>();
        spec.features().values().forEach(feature -> features.put(feature.name(), properties(feature, spec)));
        tree.put("feature_spec", features);
        tree.put("source_spec", spec.isSynthetic() ? null : splits(spec, numerical));
        if (!spec.isSynthetic() || !spec.metadata().isEmpty()) {
            tree.put("metadata", new LinkedHashMap<>(spec.metadata()));
        }
        return tree;
    }

    private static Map<String, Object> channels(FeatureSpec spec, List<String> numerical) {
        Map<String, Object> channels = new TreeMap<>();
        channels.put("categorical", new ArrayList<>(spec.channels().categorical()));
        channels.put("label", new ArrayList<>(List.of(spec.channels().label())));
        channels.put("numerical", numerical);
        return channels;
    }

    private static Map<String, Object> properties(Feature feature, FeatureSpec spec) {
        Map<String, Object> properties = new TreeMap<>();
        if (feature.type() != null) {
            properties.put("dtype", feature.type().numpyName());
        }
        if (feature.cardinality().isPresent()) {
            properties.put("cardinality", feature.cardinality().getAsLong());
        } else if (spec.channels().categorical().contains(feature.name())) {
            properties.put("cardinality", "auto");
        }
        feature.hotness().ifPresent(hotness -> properties.put("hotness", hotness));
        feature.alpha().ifPresent(alpha -> properties.put("alpha", alpha));
        return properties;
    }

    private static Map<String, Object> splits(FeatureSpec spec, List<String> numerical) {
        Map<String, Object> splits = new TreeMap<>();
        spec.splits().forEach((split, chunks) -> {
            List<Object> ordered = new ArrayList<>();
            inWrittenOrder(chunks, spec).forEach(chunk -> ordered.add(chunkTree(chunk, numerical)));
            splits.put(split, ordered);
        });
        return splits;
    }

    private static List<Chunk> inWrittenOrder(List<Chunk> chunks, FeatureSpec spec) {
        List<Chunk> ordered = new ArrayList<>();
        chunks.stream().filter(chunk -> spec.channels().numerical().contains(chunk.features().getFirst())).forEach(ordered::add);
        chunks.stream().filter(chunk -> chunk.features().contains(spec.channels().label()) && !ordered.contains(chunk)).forEach(ordered::add);
        chunks.stream().filter(chunk -> !ordered.contains(chunk)).forEach(ordered::add);
        return ordered;
    }

    private static Map<String, Object> chunkTree(Chunk chunk, List<String> numerical) {
        Map<String, Object> tree = new TreeMap<>();
        tree.put("features", chunk.features().equals(numerical) ? numerical : new ArrayList<>(chunk.features()));
        tree.put("files", new ArrayList<>(chunk.files()));
        tree.put("type", chunk.type());
        return tree;
    }
}
