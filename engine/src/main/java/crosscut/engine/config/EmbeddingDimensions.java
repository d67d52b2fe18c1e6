package crosscut.engine.config;

import crosscut.engine.UserException;
import crosscut.engine.data.FileFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Reads {@code --embedding_dim}: one integer, a comma-separated list, or the path of a JSON file that holds a list. */
final class EmbeddingDimensions {

    private static final JsonMapper JSON = JsonMapper.builder().disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT).build();

    private EmbeddingDimensions() {}

    /** One width per table. */
    static List<Integer> parse(String value, int tables) {
        List<Integer> widths = value.endsWith(".json") ? readFile(Path.of(value)) : parseList(value);
        if (widths.size() == 1) {
            return Collections.nCopies(tables, widths.getFirst());
        }
        if (widths.size() != tables) {
            throw new UserException("--embedding_dim names " + widths.size() + " widths, but there are " + tables + " categorical features");
        }
        return widths;
    }

    private static List<Integer> parseList(String value) {
        try {
            return Arrays.stream(value.split(",", -1)).map(String::strip).map(Integer::valueOf).toList();
        } catch (NumberFormatException e) {
            throw new UserException("--embedding_dim " + value + " is neither an integer, nor a comma-separated list of integers, nor a .json file", e);
        }
    }

    private static List<Integer> readFile(Path file) {
        try {
            List<Integer> widths = new ArrayList<>();
            for (int width : JSON.readValue(Files.readAllBytes(file), int[].class)) {
                widths.add(width);
            }
            return widths;
        } catch (IOException e) {
            throw new UserException("--embedding_dim " + file + " cannot be read: " + FileFailure.reasonFor(file, e), e);
        } catch (JacksonException e) {
            throw new UserException("--embedding_dim " + file + " is no JSON list of integers: " + e.getOriginalMessage().lines().findFirst().orElse(""), e);
        }
    }
}
