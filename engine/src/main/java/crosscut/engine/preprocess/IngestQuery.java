package crosscut.engine.preprocess;

import crosscut.engine.preprocess.layout.ColumnLayout;
import crosscut.engine.preprocess.layout.LabelRule;
import crosscut.engine.preprocess.layout.SourceFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The query that turns one source file into label, n0 ..., c0 ... and problem. Source columns go by their position, f0 ..., so that no name needs quoting. */
final class IngestQuery {

    private final ColumnLayout layout;
    private final List<String> sourceColumns;
    private final String missing;

    /** @param sourceColumns names of the file's columns in order */
    IngestQuery(ColumnLayout layout, List<String> sourceColumns) {
        this.layout = layout;
        this.sourceColumns = sourceColumns;
        List<String> spellings = new ArrayList<>(List.of(""));
        spellings.addAll(layout.missing());
        this.missing = SqlTemplate.literals(spellings);
    }

    /**
     * @param file to read
     * @param header whether its first line is to be skipped, where it is text
     */
    String sql(InputFile file, boolean header) {
        List<String> text = new ArrayList<>(List.of(field(layout.label().column()) + " AS label_text"));
        List<String> typed = new ArrayList<>(List.of("label_text"));
        List<String> columns = new ArrayList<>();
        StringBuilder problem = new StringBuilder("CASE ").append(labelProblem(layout.label()));
        for (int index = 0; index < layout.numerical().size(); index++) {
            String name = layout.numerical().get(index).name();
            String number = "n" + index;
            text.add(field(name) + " AS " + number + "_text");
            typed.add(number + "_text");
            typed.add("TRY_CAST(" + number + "_text AS DOUBLE) AS " + number);
            columns.add(number);
            problem.append(' ').append(SqlTemplate.named("problem_numerical").fill(
                    Map.of("text", number + "_text", "number", number, "name", SqlTemplate.literal(name))));
        }
        for (int index = 0; index < layout.categorical().size(); index++) {
            text.add(field(layout.categorical().get(index).name()) + " AS c" + index);
            typed.add("c" + index);
            columns.add("c" + index);
        }
        return SqlTemplate.named("ingest").fill(Map.of("positive", SqlTemplate.literals(layout.label().positive()), "columns", String.join(", ", columns),
                "problem", problem.append(" END").toString(), "typed", String.join(", ", typed), "text", String.join(", ", text), "source",
                source(file, header)));
    }

    private String field(String column) {
        return SqlTemplate.named("field").fill(Map.of("trimmed", "trim(f" + sourceColumns.indexOf(column) + ")", "missing", missing));
    }

    private static String labelProblem(LabelRule label) {
        List<String> known = new ArrayList<>(label.positive());
        known.addAll(label.negative());
        boolean anyNegative = label.negative().isEmpty();
        return SqlTemplate.named("problem_label").fill(Map.of("known", anyNegative ? "TRUE" : "label_text IN (" + SqlTemplate.literals(known) + ")", "expected",
                SqlTemplate.literal(String.join(" or ", known))));
    }

    private String source(InputFile file, boolean header) {
        String path = SqlTemplate.literal(file.path().toString());
        if (!(layout.format() instanceof SourceFormat.Text text)) {
            String columns = IntStream.range(0, sourceColumns.size()).filter(index -> layout.usedColumns().contains(sourceColumns.get(index)))
                    .mapToObj(index -> "CAST(\"" + sourceColumns.get(index).replace("\"", "\"\"") + "\" AS VARCHAR) AS f" + index)
                    .collect(Collectors.joining(", "));
            return SqlTemplate.named("read_parquet").fill(Map.of("columns", columns, "file", path));
        }
        String columns = IntStream.range(0, sourceColumns.size()).mapToObj(index -> "'f" + index + "': 'VARCHAR'").collect(Collectors.joining(", "));
        return SqlTemplate.named("read_csv").fill(Map.of("file", path, "columns", columns, "header", Boolean.toString(header),
                "delimiter", SqlTemplate.literal(String.valueOf(text.delimiter())), "quote", character(text.quote().orElse(null)),
                "comment", character(text.comment().orElse(null)), "compression", file.packing() == InputFile.Packing.GZIP ? "'gzip'" : "'none'"));
    }

    private static String character(Character character) {
        return SqlTemplate.literal(character == null ? "" : character.toString());
    }
}
