package crosscut.launcher.options;

import crosscut.engine.UserException;
import crosscut.engine.data.FeatureSpec;
import crosscut.engine.data.FeatureSpecReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Flags that a data set brings along: a feature spec's metadata may hold {@code training_defaults}, flags of {@code train} by name, and {@code synthetic}, how
 * many samples to make up and with what labels. They come before the flags that were given, which therefore win.
 */
public final class SpecDefaults {

    private static final String TRAINING = "training_defaults";
    private static final String SYNTHETIC = "synthetic";
    private static final Map<String, String> SYNTHETIC_FLAGS = Map.of(
            "labels", "--labels", "train_samples", "--synthetic_dataset_train_samples", "test_samples", "--synthetic_dataset_test_samples");

    private final Set<String> knownFlags;

    /** @param knownFlags flags that a feature spec may set, spelled {@code --like_this} */
    public SpecDefaults(Set<String> knownFlags) {
        this.knownFlags = Set.copyOf(knownFlags);
    }

    /**
     * The flags of the feature spec that {@code arguments} lead to, as {@code --name=value}; none where there is no such file, which is told later.
     *
     * @param arguments flags in their declared spelling
     * @throws UserException when the feature spec cannot be read or sets a flag that is none
     */
    public List<String> flags(List<String> arguments) {
        Path folder = Path.of(lastValue(arguments, "--dataset_path", ""));
        Path file = folder.resolve(lastValue(arguments, "--feature_spec", FeatureSpec.DEFAULT_FILE_NAME));
        if (!Files.isRegularFile(file)) {
            return List.of();
        }
        Map<String, Object> metadata = FeatureSpecReader.read(file).metadata();
        Map<String, Object> values = new LinkedHashMap<>();
        section(file, metadata, SYNTHETIC).forEach((name, value) -> values.put(SYNTHETIC_FLAGS.getOrDefault(name, SYNTHETIC + "." + name), value));
        section(file, metadata, TRAINING).forEach((name, value) -> values.put("--" + name, value));
        List<String> flags = new ArrayList<>();
        values.forEach((flag, value) -> {
            if (!knownFlags.contains(flag)) {
                throw new UserException("feature spec " + file + ": its metadata sets " + flag.replaceFirst("^--", "") + ", which is no flag of train");
            }
            flags.add(flag + "=" + value);
        });
        return flags;
    }

    private static Map<String, Object> section(Path file, Map<String, Object> metadata, String name) {
        Object section = metadata.getOrDefault(name, Map.of());
        if (!(section instanceof Map<?, ?> entries)) {
            throw new UserException("feature spec " + file + ": metadata." + name + " must hold names and values, but is " + section);
        }
        Map<String, Object> values = new LinkedHashMap<>();
        entries.forEach((key, value) -> values.put(String.valueOf(key), value));
        return values;
    }

    private static String lastValue(List<String> arguments, String flag, String absent) {
        String value = absent;
        for (int i = 0; i < arguments.size(); i++) {
            if (arguments.get(i).startsWith(flag + "=")) {
                value = arguments.get(i).substring(flag.length() + 1);
            } else if (arguments.get(i).equals(flag) && i + 1 < arguments.size()) {
                value = arguments.get(i + 1);
            }
        }
        return value;
    }
}
