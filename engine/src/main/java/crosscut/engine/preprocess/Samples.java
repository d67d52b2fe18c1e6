package crosscut.engine.preprocess;

import crosscut.engine.data.FeatureSpec;
import crosscut.engine.preprocess.layout.ColumnLayout;
import crosscut.engine.preprocess.layout.SplitRule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The good rows of the ingested files as tables samples_train, samples_validation, samples_test and samples_all: row_number, label, n0 ..., c0 ... */
final class Samples {

    /**
     * One ingested file.
     *
     * @param split to which the command line gave it
     * @param firstRow number of its first row among all rows of the run
     */
    record IngestedFile(InputFile source, Path parquet, String split, long firstRow, long rows) {
    }

    private final List<IngestedFile> files;
    private final Map<String, String> queries = new LinkedHashMap<>();

    Samples(ColumnLayout layout, List<IngestedFile> files) {
        this.files = List.copyOf(files);
        boolean validationFiles = files.stream().anyMatch(file -> file.split().equals(FeatureSpec.VALIDATION));
        for (String split : splits(layout.split(), validationFiles)) {
            List<String> parts = new ArrayList<>();
            for (int index = 0; index < files.size(); index++) {
                String condition = condition(layout.split(), split, index);
                if (condition != null) {
                    parts.add("SELECT * FROM (" + read(layout, files.get(index)) + ") AS ingested WHERE problem IS NULL AND " + condition);
                }
            }
            queries.put(split, String.join(" UNION ALL ", parts));
        }
    }

    /** Names of the splits that a run has, training first. */
    static List<String> splits(SplitRule rule, boolean validationFiles) {
        boolean validation = switch (rule) {
            case SplitRule.SeparateFiles _ -> validationFiles;
            case SplitRule.LastFileHalves _ -> true;
            case SplitRule.RowIndexModulo modulo -> modulo.validationRemainder().isPresent();
        };
        return validation ? List.of(FeatureSpec.TRAIN, FeatureSpec.VALIDATION, FeatureSpec.TEST) : List.of(FeatureSpec.TRAIN, FeatureSpec.TEST);
    }

    List<String> splits() {
        return List.copyOf(queries.keySet());
    }

    /** Name of the table of a split. */
    static String table(String split) {
        return "samples_" + split;
    }

    static String allTable() {
        return "samples_all";
    }

    /** Makes the tables (views) known to the database. */
    void define(Database database) {
        queries.forEach((split, query) -> database.execute("CREATE OR REPLACE VIEW " + table(split) + " AS " + query));
        database.execute("CREATE OR REPLACE VIEW " + allTable() + " AS " + splits().stream().map(split -> "SELECT * FROM " + table(split))
                .collect(Collectors.joining(" UNION ALL ")));
    }

    /** The file that a row number belongs to. */
    IngestedFile fileOf(long rowNumber) {
        return files.stream().filter(file -> rowNumber >= file.firstRow() && rowNumber < file.firstRow() + file.rows()).findFirst().orElseThrow();
    }

    /** Which rows of a file belong to the split, as SQL; null for none. */
    private String condition(SplitRule rule, String split, int index) {
        IngestedFile file = files.get(index);
        return switch (rule) {
            case SplitRule.SeparateFiles _ -> file.split().equals(split) ? "TRUE" : null;
            case SplitRule.LastFileHalves _ -> {
                long middle = file.firstRow() + file.rows() / 2;
                boolean last = index == files.size() - 1;
                yield switch (split) {
                    case FeatureSpec.TRAIN -> last ? null : "TRUE";
                    case FeatureSpec.TEST -> last ? "row_number < " + middle : null;
                    default -> last ? "row_number >= " + middle : null;
                };
            }
            case SplitRule.RowIndexModulo modulo -> switch (split) {
                case FeatureSpec.TEST -> "row_number % " + modulo.modulus() + " = " + modulo.testRemainder();
                case FeatureSpec.VALIDATION -> "row_number % " + modulo.modulus() + " = " + modulo.validationRemainder().getAsInt();
                default -> "row_number % " + modulo.modulus() + " NOT IN (" + modulo.testRemainder()
                        + (modulo.validationRemainder().isPresent() ? ", " + modulo.validationRemainder().getAsInt() : "") + ")";
            };
        };
    }

    private static String read(ColumnLayout layout, IngestedFile file) {
        List<String> columns = new ArrayList<>(List.of("label", "problem"));
        IntStream.range(0, layout.numerical().size()).forEach(index -> columns.add("n" + index));
        IntStream.range(0, layout.categorical().size()).forEach(index -> columns.add("c" + index));
        return SqlTemplate.named("read_samples").fill(Map.of("first_row", Long.toString(file.firstRow()), "columns", String.join(", ", columns), "file",
                SqlTemplate.literal(file.parquet().toString())));
    }
}
