package crosscut.bench.run;

import crosscut.engine.profile.DeviceCeilings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The results of a run, for people and for programs.
 *
 * @param conditions under which it ran, see {@link Conditions#facts}
 * @param ceilings what the machine did at best during the run
 * @param tables one per suite
 * @param leftOut a line for every case that was not run, with the reason
 */
record Report(
        Map<String, Object> conditions, Map<CeilingsProfiler.Settings, DeviceCeilings> ceilings, List<Table> tables, List<String> leftOut) {

    private static final double SMALLEST_WHOLE = 1000;

    /** As Markdown. */
    String toMarkdown() {
        StringBuilder text = new StringBuilder("# Benchmarks: " + conditions.get("preset") + "\n\n");
        append(text, List.of("what", "value"), conditions.entrySet().stream().map(fact -> List.<Object>of(fact.getKey(), fact.getValue())).toList());
        if (!ceilings.isEmpty()) {
            text.append("\n## What the machine did at best\n\n");
            append(text, List.of("threads", "precision", "copy GB/s", "product GFLOP/s"), ceilings.entrySet().stream().map(entry -> List.<Object>of(
                    entry.getKey().threads(), entry.getKey().precision(), entry.getValue().copyBytes() * 1e-9, entry.getValue().productOperations() * 1e-9)).toList());
        }
        for (Table table : tables) {
            text.append("\n## ").append(table.title()).append("\n\n").append(table.note()).append("\n\n");
            append(text, List.copyOf(table.rows().getFirst().keySet()), table.rows().stream().map(row -> (List<Object>) new ArrayList<>(row.values())).toList());
        }
        if (!leftOut.isEmpty()) {
            text.append("\n## Left out\n\n");
            leftOut.forEach(line -> text.append("- ").append(line).append('\n'));
        }
        return text.toString();
    }

    private static void append(StringBuilder text, List<String> columns, List<List<Object>> rows) {
        text.append(line(columns)).append(line(columns.stream().map(_ -> "---").toList()));
        rows.forEach(row -> text.append(line(row.stream().map(Report::text).toList())));
    }

    private static String line(List<String> cells) {
        return cells.stream().map(cell -> cell.replace("|", "\\|")).collect(Collectors.joining(" | ", "| ", " |\n"));
    }

    /** Numbers with four digits: more are noise. */
    private static String text(Object value) {
        if (!(value instanceof Double number)) {
            return value.toString();
        }
        if (number.isNaN()) {
            return "";
        }
        if (number == 0 || Math.abs(number) >= SMALLEST_WHOLE) {
            return String.format(Locale.ROOT, "%,.0f", number);
        }
        int wholeDigits = (int) Math.floor(Math.log10(Math.abs(number))) + 1;
        return String.format(Locale.ROOT, "%." + Math.clamp(4 - wholeDigits, 0, 6) + "f", number);
    }

    /** As JSON, numbers as they were measured; what is no number is null. */
    String toJson() {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("conditions", conditions);
        root.put("ceilings", ceilings.entrySet().stream().map(Report::json).toList());
        root.put("tables", tables.stream().map(Report::json).toList());
        root.put("left_out", leftOut);
        return JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build().writeValueAsString(root);
    }

    private static Map<String, Object> json(Map.Entry<CeilingsProfiler.Settings, DeviceCeilings> entry) {
        Map<String, Object> ceiling = new LinkedHashMap<>();
        ceiling.put("threads", entry.getKey().threads());
        ceiling.put("precision", entry.getKey().precision());
        ceiling.put("copy_bytes_per_second", entry.getValue().copyBytes());
        ceiling.put("product_flops", entry.getValue().productOperations());
        return ceiling;
    }

    private static Map<String, Object> json(Table table) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("name", table.name());
        entry.put("title", table.title());
        entry.put("rows", table.rows().stream().map(Report::finite).toList());
        return entry;
    }

    private static Map<String, Object> finite(Map<String, Object> row) {
        Map<String, Object> values = new LinkedHashMap<>();
        row.forEach((column, value) -> values.put(column, value instanceof Double number && !Double.isFinite(number) ? null : value));
        return values;
    }
}
