package crosscut.engine.model;

import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.TableConfig;
import crosscut.kernels.embedding.Pooling;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One file of reference numbers computed by libtorch: a model, five batches, every activation and gradient of the first, and weights and moments after Adam
 * steps. Weights are (out, in) there; {@link #matrix} transposes on request.
 */
final class Golden {

    /** A folder of such files that replaces the built-in ones. */
    private static final String FOLDER_PROPERTY = "crosscut.goldens";

    private final String name;
    private final JsonNode root;

    private Golden(String name, JsonNode root) {
        this.name = name;
        this.root = root;
    }

    /** All model files of the folder. */
    static List<Golden> all() {
        try (Stream<Path> files = Files.list(folder())) {
            return files.filter(file -> file.toString().endsWith(".json")).sorted().map(Golden::read).filter(golden -> golden.root.has("weights")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path folder() {
        String given = System.getProperty(FOLDER_PROPERTY);
        try {
            return given != null ? Path.of(given) : Path.of(Objects.requireNonNull(Golden.class.getResource("/crosscut/engine/goldens")).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Golden read(Path file) {
        return new Golden(file.getFileName().toString(), JsonMapper.builder().build().readTree(file));
    }

    @Override
    public String toString() {
        return name;
    }

    JsonNode at(String... path) {
        JsonNode node = root;
        for (String key : path) {
            node = node.path(key);
            if (node.isMissingNode()) {
                throw new IllegalArgumentException(name + " has no " + String.join("/", path));
            }
        }
        return node;
    }

    boolean has(String... path) {
        JsonNode node = root;
        for (String key : path) {
            node = node.path(key);
        }
        return !node.isMissingNode();
    }

    ModelConfig model() {
        JsonNode config = at("config");
        List<TableConfig> tables = new ArrayList<>();
        for (int table = 0; has("weights", "emb." + table); table++) {
            JsonNode weights = at("weights", "emb." + table);
            tables.add(new TableConfig("table " + table, weights.size(), weights.get(0).size(), 1, Pooling.SUM));
        }
        return new ModelConfig(config.path("num_dense").asInt(), tables, ints(config.path("bottom_mlp")), config.path("num_cross_layers").asInt(),
                config.path("cross_projection").asInt(), ints(config.path("top_mlp")), config.path("concat_bottom_after_cross").asBoolean());
    }

    private static List<Integer> ints(JsonNode array) {
        return IntStream.range(0, array.size()).mapToObj(i -> array.get(i).asInt()).toList();
    }

    int batches() {
        return at("batches").size();
    }

    JsonNode batch(int index) {
        return at("batches").get(index);
    }

    int batchSize() {
        return batch(0).path("labels").size();
    }

    /** Samples over which a weight gradient is summed, the length of the longest reduction. */
    long longestReduction() {
        ModelConfig model = model();
        return Math.max(batchSize(), model.topInputWidth());
    }

    /** A 2-d array, a vector as one row. */
    static double[][] matrix(JsonNode node, boolean transpose) {
        boolean vector = node.isEmpty() || !node.get(0).isArray();
        int rows = vector ? 1 : node.size();
        int columns = vector ? node.size() : node.get(0).size();
        double[][] values = new double[transpose ? columns : rows][transpose ? rows : columns];
        for (int r = 0; r < rows; r++) {
            for (int c = 0; c < columns; c++) {
                double value = (vector ? node.get(c) : node.get(r).get(c)).asDouble();
                values[transpose ? c : r][transpose ? r : c] = value;
            }
        }
        return values;
    }

    /** Our name of a dense parameter for the file's, which ends in W, b, U, V or c. */
    static String parameterName(String fileName) {
        return switch (fileName.charAt(fileName.length() - 1)) {
            case 'W' -> fileName.substring(0, fileName.length() - 1) + "weight";
            case 'b', 'c' -> fileName.substring(0, fileName.length() - 1) + "bias";
            default -> fileName;
        };
    }

    /** True for the file's matrices that have to be transposed to (in, out). */
    static boolean isTransposed(String fileName) {
        return !fileName.startsWith("emb.");
    }
}
