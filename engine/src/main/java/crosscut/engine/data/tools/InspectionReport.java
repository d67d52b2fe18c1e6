package crosscut.engine.data.tools;

import crosscut.engine.data.tools.FileReport.Violation;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * What {@code inspect} found in a tf_raw folder.
 *
 * @param featureSpec file that describes the folder
 * @param files in the order label, numerical, tables, split by split
 */
public record InspectionReport(String featureSpec, List<FileReport> files) {

    private static final String LINE = "%-11s %-28s %12s %-10s %12s %12s %12s %12s %12s%n";

    public InspectionReport {
        files = List.copyOf(files);
    }

    /** Files with values that must not be there. */
    public List<FileReport> filesWithViolations() {
        return files.stream().filter(file -> file.violation() != null).toList();
    }

    /** For programs; {@code tools.jackson} writes NaN as text. */
    public String toJson() {
        JsonMapper mapper = JsonMapper.builder()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .build();
        return mapper.writeValueAsString(this);
    }

    /** For people: one line per file, then one per violation. */
    public String toTable() {
        StringBuilder text = new StringBuilder();
        text.append(String.format(Locale.ROOT, LINE, "split", "file", "rows", "dtype", "min", "max", "mean", "distinct", "cardinality"));
        for (FileReport file : files) {
            String dtype = file.valuesPerRow() == 1 ? file.dtype() : file.dtype() + " x " + file.valuesPerRow();
            text.append(String.format(Locale.ROOT, LINE, file.split(), file.file(), file.rows(), dtype, number(file.min()), number(file.max()),
                    String.format(Locale.ROOT, "%.6g", file.mean()), file.distinct(), file.cardinality() == null ? "" : file.cardinality().toString()));
        }
        for (FileReport file : filesWithViolations()) {
            text.append(describe(file)).append(System.lineSeparator());
        }
        return text.toString();
    }

    private static String describe(FileReport file) {
        Violation violation = file.violation();
        return file.file() + ": feature " + violation.feature() + ", sample " + violation.sample() + ": " + number(violation.value()) + " " + violation.rule()
                + (violation.count() > 1 ? "; " + violation.count() + " such values in this file" : "");
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15 ? String.valueOf((long) value) : String.format(Locale.ROOT, "%.6g", value);
    }
}
