package crosscut.engine.data;

import crosscut.engine.UserException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A part of a parsed YAML file that knows where it stands, so that every complaint names file and place.
 *
 * @param where as messages name it, such as {@code feature cat_3} or {@code channel_spec}
 */
public record SpecPart(Path file, String where, Object value) {

    /** The complaint: file, place, what is wrong and what to do. */
    public UserException wrong(String what) {
        return new UserException(file + ": " + where + " " + what);
    }

    /** This part as a mapping with only these keys. */
    public Map<String, SpecPart> mapping(Set<String> knownKeys) {
        Map<String, SpecPart> parts = mapping();
        for (String key : parts.keySet()) {
            if (!knownKeys.contains(key)) {
                throw wrong("has the unknown key " + key + "; known are " + String.join(", ", knownKeys.stream().sorted().toList()));
            }
        }
        return parts;
    }

    /** This part as a mapping with any text keys. */
    public Map<String, SpecPart> mapping() {
        if (!(value instanceof Map<?, ?> map)) {
            throw wrong("must be a mapping (key: value), but is " + description());
        }
        Map<String, SpecPart> parts = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!(entry.getKey() instanceof String key)) {
                throw wrong("has the key " + entry.getKey() + ", which YAML does not read as text: put it in quotes");
            }
            parts.put(key, new SpecPart(file, where + " / " + key, entry.getValue()));
        }
        return parts;
    }

    /** Renamed for messages. */
    public SpecPart named(String newWhere) {
        return new SpecPart(file, newWhere, value);
    }

    /** The entry of a mapping made from this part that must be there. */
    public SpecPart required(Map<String, SpecPart> mapping, String key) {
        SpecPart part = mapping.get(key);
        if (part == null) {
            throw wrong("lacks the key " + key);
        }
        return part;
    }

    public List<SpecPart> list() {
        if (!(value instanceof List<?> list)) {
            throw wrong("must be a list, but is " + description());
        }
        List<SpecPart> parts = new ArrayList<>();
        for (Object element : list) {
            parts.add(new SpecPart(file, where + " entry " + (parts.size() + 1), element));
        }
        return parts;
    }

    /** This part as a list of different texts. */
    public List<String> names() {
        List<String> names = list().stream().map(SpecPart::text).toList();
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            if (!seen.add(name)) {
                throw wrong("names " + name + " twice; every name may stand there once");
            }
        }
        return names;
    }

    public String text() {
        if (value instanceof String text && !text.isBlank()) {
            return text;
        }
        throw wrong("must be text, but is " + description() + (value instanceof Number || value instanceof Boolean ? ": put it in quotes" : ""));
    }

    /** This part as a whole number of at least {@code least}. */
    public long wholeNumber(long least) {
        if ((value instanceof Integer || value instanceof Long) && ((Number) value).longValue() >= least) {
            return ((Number) value).longValue();
        }
        throw wrong("must be a whole number, " + least + " or more, but is " + description());
    }

    /** This part as a finite number of at least 0. */
    public double nonNegativeNumber() {
        if (value instanceof Number number && Double.isFinite(number.doubleValue()) && number.doubleValue() >= 0) {
            return number.doubleValue();
        }
        throw wrong("must be a number, 0 or more, but is " + description());
    }

    private String description() {
        return switch (value) {
            case null -> "empty";
            case Map<?, ?> _ -> "a mapping";
            case List<?> _ -> "a list";
            case String text when text.isBlank() -> "empty text";
            case String text -> "the text '" + text.replace('\n', ' ') + "'";
            default -> value.toString();
        };
    }
}
