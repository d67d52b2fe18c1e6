package crosscut.engine.data;

import crosscut.engine.UserException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;

/** Reads a YAML file into maps, lists and scalars; what is not YAML is refused with line and column. */
public final class YamlFile {

    /** Far above any spec, far below what would fill the heap: 64 MiB of text. */
    private static final int LONGEST_TEXT = 64 << 20;

    private YamlFile() {
    }

    public static Object read(Path file) {
        String text = text(file);
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setCodePointLimit(LONGEST_TEXT);
        try {
            return new Yaml(new SafeConstructor(options)).load(text);
        } catch (MarkedYAMLException malformed) {
            throw new UserException(file + ": " + place(malformed) + malformed.getProblem().strip().replaceAll("\\s+", " "), malformed);
        } catch (YAMLException malformed) {
            throw new UserException(file + ": not readable as YAML: " + malformed.getMessage().strip().replaceAll("\\s+", " "), malformed);
        }
    }

    private static String text(Path file) {
        try {
            if (Files.isRegularFile(file) && Files.size(file) > LONGEST_TEXT) {
                throw new UserException(file + " has " + Files.size(file) + " bytes: too long for a YAML file of settings");
            }
            return Files.readString(file);
        } catch (CharacterCodingException notText) {
            throw new UserException(file + " is not UTF-8 text, so it is no YAML file", notText);
        } catch (IOException failure) {
            throw new UserException("cannot read " + file + ": " + FileFailure.reasonFor(file, failure), failure);
        }
    }

    private static String place(MarkedYAMLException malformed) {
        Mark mark = malformed.getProblemMark();
        return mark == null ? "not readable as YAML: " : "not readable as YAML at line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1) + ": ";
    }
}
