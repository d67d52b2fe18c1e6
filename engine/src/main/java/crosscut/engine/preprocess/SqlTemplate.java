package crosscut.engine.preprocess;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** An SQL file beside this class, with ${name} where text is to be filled in. Lines that begin with -- are for readers and left out. */
final class SqlTemplate {

    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{(\\w+)}");

    private final String name;
    private final String text;

    private SqlTemplate(String name, String text) {
        this.name = name;
        this.text = text;
    }

    /** The file {@code name.sql}. */
    static SqlTemplate named(String name) {
        try (InputStream file = SqlTemplate.class.getResourceAsStream(name + ".sql")) {
            if (file == null) {
                throw new IllegalArgumentException("no SQL file " + name + ".sql");
            }
            String all = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            return new SqlTemplate(name, all.lines().filter(line -> !line.startsWith("--")).collect(Collectors.joining("\n")));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Replaces every placeholder; a missing or unused value is a programming error. */
    String fill(Map<String, String> values) {
        Set<String> used = new HashSet<>();
        String filled = PLACEHOLDER.matcher(text).replaceAll(match -> {
            String value = values.get(match.group(1));
            if (value == null) {
                throw new IllegalArgumentException(name + ".sql needs a value for " + match.group());
            }
            used.add(match.group(1));
            return Matcher.quoteReplacement(value);
        });
        if (!used.equals(values.keySet())) {
            throw new IllegalArgumentException(name + ".sql uses " + used + ", but was given " + values.keySet());
        }
        return filled;
    }

    /** A string literal. */
    static String literal(String value) {
        return "'" + value.replace("'", "''") + "'";
    }

    /** String literals between commas. */
    static String literals(Collection<String> values) {
        return values.stream().map(SqlTemplate::literal).collect(Collectors.joining(", "));
    }
}
