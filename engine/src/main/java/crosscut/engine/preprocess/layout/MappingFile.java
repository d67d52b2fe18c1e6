package crosscut.engine.preprocess.layout;

import crosscut.engine.UserException;
import crosscut.engine.data.SpecPart;
import crosscut.engine.data.YamlFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Reads a mapping file, the YAML description of a CSV or Parquet data set. docs/preprocess.md lists its keys; every unknown key, wrong type and missing part is
 * refused with its place.
 */
public final class MappingFile {

    private static final Set<String> KEYS = Set.of("format", "delimiter", "quote", "header", "columns", "comment", "missing", "label", "numerical",
            "categorical", "split");
    private static final Set<String> TEXT_KEYS = Set.of("delimiter", "quote", "header", "columns", "comment");

    private final Map<String, SpecPart> parts;
    private final SpecPart root;
    private final ColumnChoices choices;

    private MappingFile(SpecPart root, ColumnChoices choices) {
        this.root = root;
        this.parts = root.mapping(KEYS);
        this.choices = choices;
    }

    /**
     * @param choices what the command line says about all columns
     * @throws UserException naming file, place and reason
     */
    public static ColumnLayout read(Path file, ColumnChoices choices) {
        return new MappingFile(new SpecPart(file, "the mapping", YamlFile.read(file)), choices).layout();
    }

    private ColumnLayout layout() {
        SpecPart labelPart = root.required(parts, "label");
        return new ColumnLayout(root.file().getFileName().toString(), format(), texts(parts, "missing"), label(labelPart), numerical(), categorical(), split());
    }

    private SourceFormat format() {
        String format = parts.containsKey("format") ? parts.get("format").text() : "csv";
        if (format.equals("parquet")) {
            for (String key : TEXT_KEYS) {
                if (parts.containsKey(key)) {
                    throw parts.get(key).wrong("has no meaning for format: parquet; leave it out");
                }
            }
            return new SourceFormat.Parquet();
        }
        if (!format.equals("csv")) {
            throw parts.get("format").wrong("is '" + format + "', but must be csv or parquet");
        }
        boolean header = flag(parts, "header").orElse(true);
        List<String> columns = parts.containsKey("columns") ? parts.get("columns").names() : List.of();
        if (header != columns.isEmpty()) {
            throw root.wrong(header ? "has header: true and columns: the header names the columns, leave one of the two out"
                    : "has header: false, so it needs columns: with the names of all columns in the order of the file");
        }
        return new SourceFormat.Text(character("delimiter").orElse(','), parts.containsKey("quote") ? character("quote") : Optional.of('"'), header, columns,
                character("comment"));
    }

    private LabelRule label(SpecPart part) {
        Map<String, SpecPart> keys = part.mapping(Set.of("column", "positive", "negative"));
        part.required(keys, "positive");
        LabelRule rule = new LabelRule(part.required(keys, "column").text(), texts(keys, "positive"), texts(keys, "negative"));
        if (rule.positive().stream().anyMatch(rule.negative()::contains)) {
            throw part.wrong("gives the same text as positive and as negative");
        }
        return rule;
    }

    private List<NumericalColumn> numerical() {
        Section section = section("numerical", Set.of("transform", "missing_flags", "columns"));
        NumericTransform general = choices.transform().orElseGet(() -> transform(section.keys()).orElse(NumericTransform.STANDARDIZE));
        boolean flags = choices.missingFlags().orElseGet(() -> flag(section.keys(), "missing_flags").orElse(false));
        List<NumericalColumn> columns = new ArrayList<>();
        for (SpecPart column : section.columns()) {
            if (column.value() instanceof String) {
                columns.add(new NumericalColumn(column.text(), general, flags));
            } else {
                Map<String, SpecPart> keys = column.mapping(Set.of("column", "transform", "missing_flag"));
                columns.add(new NumericalColumn(column.required(keys, "column").text(), transform(keys).orElse(general),
                        flag(keys, "missing_flag").orElse(flags)));
            }
        }
        return columns;
    }

    private List<CategoricalColumn> categorical() {
        Section section = section("categorical", Set.of("frequency_threshold", "columns"));
        long general = choices.frequencyThreshold().orElseGet(() -> threshold(section.keys()).orElse(0));
        List<CategoricalColumn> columns = new ArrayList<>();
        for (SpecPart column : section.columns()) {
            if (column.value() instanceof String) {
                columns.add(new CategoricalColumn(column.text(), general));
            } else {
                Map<String, SpecPart> keys = column.mapping(Set.of("column", "frequency_threshold"));
                columns.add(new CategoricalColumn(column.required(keys, "column").text(), threshold(keys).orElse(general)));
            }
        }
        return columns;
    }

    private SplitRule split() {
        if (choices.split().isPresent()) {
            return choices.split().get();
        }
        SpecPart part = parts.get("split");
        if (part == null) {
            return new SplitRule.SeparateFiles();
        }
        try {
            if (part.value() instanceof String) {
                return SplitRule.named(part.text());
            }
            Map<String, SpecPart> keys = part.mapping(Set.of("test", "validation"));
            return SplitRule.byConditions(part.required(keys, "test").text(), keys.containsKey("validation") ? keys.get("validation").text() : null);
        } catch (UserException wrong) {
            throw wrong.getMessage().startsWith(root.file().toString()) ? wrong : new UserException(root.file() + ": " + wrong.getMessage(), wrong);
        }
    }

    /** A list of columns, or a mapping that holds one beside settings for all of them. */
    private record Section(Map<String, SpecPart> keys, List<SpecPart> columns) {
    }

    private Section section(String key, Set<String> keys) {
        SpecPart part = parts.get(key);
        if (part == null) {
            return new Section(Map.of(), List.of());
        }
        if (part.value() instanceof List<?>) {
            return new Section(Map.of(), part.list());
        }
        Map<String, SpecPart> mapping = part.mapping(keys);
        return new Section(mapping, part.required(mapping, "columns").list());
    }

    private static Optional<NumericTransform> transform(Map<String, SpecPart> keys) {
        SpecPart part = keys.get("transform");
        if (part == null) {
            return Optional.empty();
        }
        if (!NumericTransform.names().contains(part.text())) {
            throw part.wrong("is '" + part.text() + "', but must be one of " + String.join(", ", NumericTransform.names()));
        }
        return Optional.of(NumericTransform.named(part.text()));
    }

    private static OptionalLong threshold(Map<String, SpecPart> keys) {
        SpecPart part = keys.get("frequency_threshold");
        return part == null ? OptionalLong.empty() : OptionalLong.of(part.wholeNumber(0));
    }

    private static Optional<Boolean> flag(Map<String, SpecPart> keys, String key) {
        SpecPart part = keys.get(key);
        if (part == null) {
            return Optional.empty();
        }
        if (part.value() instanceof Boolean flag) {
            return Optional.of(flag);
        }
        throw part.wrong("must be true or false, but is '" + part.value() + "'");
    }

    /** One character, or none for empty text. */
    private Optional<Character> character(String key) {
        SpecPart part = parts.get(key);
        if (part == null || "".equals(part.value())) {
            return Optional.empty();
        }
        if (part.value() instanceof String text && text.length() == 1 && text.charAt(0) < 128 && text.charAt(0) != '\n' && text.charAt(0) != '\r') {
            return Optional.of(text.charAt(0));
        }
        throw part.wrong("must be one ASCII character in quotes, such as \",\" or \"\\t\", but is '" + part.value() + "'");
    }

    /** Texts, one or a list; numbers and booleans are refused, because YAML forgets how they were written. */
    private static List<String> texts(Map<String, SpecPart> keys, String key) {
        SpecPart part = keys.get(key);
        if (part == null || "".equals(part.value())) {
            return List.of();
        }
        if (part.value() instanceof List<?>) {
            return part.list().stream().filter(entry -> !"".equals(entry.value())).map(SpecPart::text).toList();
        }
        return List.of(part.text());
    }
}
