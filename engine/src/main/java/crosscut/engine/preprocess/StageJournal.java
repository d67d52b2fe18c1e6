package crosscut.engine.preprocess;

import crosscut.engine.UserException;
import crosscut.engine.data.FileFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Which stages are done and what they found, in a small JSON file that is replaced as a whole after every stage. */
final class StageJournal {

    private static final int VERSION = 1;

    /** What a stage leaves for later ones beside its files: rows, and named numbers and texts. */
    record Entry(long rows, Map<String, Object> facts) {

        static Entry of(long rows) {
            return new Entry(rows, Map.of());
        }

        long number(String fact) {
            return ((Number) facts.get(fact)).longValue();
        }

        double real(String fact) {
            return ((Number) facts.get(fact)).doubleValue();
        }
    }

    /** The file. */
    record Content(int version, Map<String, String> arguments, Map<String, Entry> stages) {
    }

    private static final ObjectMapper MAPPER = JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private final Path file;
    private final Content content;

    private StageJournal(Path file, Content content) {
        this.file = file;
        this.content = content;
    }

    /** An empty journal; the file appears with the first stage. */
    static StageJournal create(Path file, Map<String, String> arguments) {
        return new StageJournal(file, new Content(VERSION, arguments, new LinkedHashMap<>()));
    }

    /**
     * The journal of an interrupted run.
     *
     * @throws UserException when the run had other arguments, naming the first that differs
     */
    static StageJournal resume(Path file, Map<String, String> arguments) {
        Content content;
        try {
            content = MAPPER.readValue(Files.readAllBytes(file), Content.class);
        } catch (IOException | JacksonException failure) {
            throw new UserException("cannot read the state of the interrupted run in " + file + "; start anew with --overwrite", failure);
        }
        for (Map.Entry<String, String> argument : arguments.entrySet()) {
            String earlier = content.arguments().get(argument.getKey());
            if (!Objects.equals(earlier, argument.getValue())) {
                throw new UserException("cannot resume: " + argument.getKey() + " was " + earlier + " when the interrupted run started and is "
                        + argument.getValue() + " now; use the earlier one or start anew with --overwrite");
            }
        }
        return new StageJournal(file, new Content(content.version(), content.arguments(), new LinkedHashMap<>(content.stages())));
    }

    /** What the stage left, or null when it has not been finished. */
    Entry entry(String stage) {
        return content.stages().get(stage);
    }

    /** Records a finished stage; its files must be on disk. */
    void record(String stage, Entry entry) {
        content.stages().put(stage, entry);
        try {
            DurableFiles.replace(file, MAPPER.writeValueAsBytes(content));
        } catch (IOException failure) {
            throw new UserException("cannot write " + file + ": " + FileFailure.reason(failure), failure);
        }
    }
}
