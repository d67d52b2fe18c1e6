package crosscut.launcher.rank;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import crosscut.engine.progress.ProgressEvent;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.NamedType;

/**
 * How ranks talk to their supervisor: lines on standard output, a fixed prefix and one JSON object each. Any other line is plain output of whoever wrote it.
 */
public final class RankLines {

    private static final String EVENT = "@crosscut-event ";
    private static final String FAILURE = "@crosscut-failure ";

    private final JsonMapper json;

    public RankLines() {
        JsonMapper.Builder builder = JsonMapper.builder().addMixIn(ProgressEvent.class, NamedByType.class);
        for (Class<?> event : ProgressEvent.class.getPermittedSubclasses()) {
            builder.registerSubtypes(new NamedType(event, event.getSimpleName()));
        }
        this.json = builder.build();
    }

    /** The event as one line without line end. */
    public String line(ProgressEvent event) {
        return EVENT + json.writerFor(ProgressEvent.class).writeValueAsString(event);
    }

    /** The failure as one line without line end. */
    public String line(RankFailure failure) {
        return FAILURE + json.writeValueAsString(failure);
    }

    /** The event in {@code line}; empty where it holds none. */
    public Optional<ProgressEvent> event(String line) {
        return line.startsWith(EVENT) ? Optional.of(json.readValue(line.substring(EVENT.length()), ProgressEvent.class)) : Optional.empty();
    }

    /** The failure in {@code line}; empty where it holds none. */
    public Optional<RankFailure> failure(String line) {
        return line.startsWith(FAILURE) ? Optional.of(json.readValue(line.substring(FAILURE.length()), RankFailure.class)) : Optional.empty();
    }

    /** The engine's events know nothing of JSON; this names the type in the object for them. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
    private interface NamedByType {
    }
}
