package crosscut.bench.run;

import crosscut.bench.MarkdownText;
import crosscut.engine.profile.DeviceCeilings;
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
        MarkdownText text = new MarkdownText();
        text.line("# Benchmarks: " + conditions.get("preset") + "\n");
        text.table("what", "value");
        conditions.forEach((name, value) -> text.row(name, text(value)));
        if (!ceilings.isEmpty()) {
            text.line("\n## What the machine did at best\n");
            text.table("threads", "precision", "copy GB/s", "product GFLOP/s");
            ceilings.forEach((settings, best) -> text.row(settings.threads(), settings.precision(), text(best.copyBytes() * 1e-9),
                    text(best.productOperations() * 1e-9)));
        }
        for (Table table : tables) {
            text.line("\n## " + table.title() + "\n\n" + table.note() + "\n");
            if (table.plot() != null) {
                text.line("![" + table.title() + "](" + table.picture() + ")\n");
            }
            text.table(table.rows().getFirst().keySet().toArray());
            table.rows().forEach(row -> text.row(row.values().stream().map(Report::text).toArray()));
        }
        if (!leftOut.isEmpty()) {
            text.line("\n## Left out\n");
            leftOut.forEach(line -> text.line("- " + line));
        }
        return text.toString();
    }

    /** Numbers with four digits: more are noise. */
    private static String text(Object value) {
        if (value instanceof List<?> values) {
            return values.stream().map(Report::text).collect(Collectors.joining(", "));
        }
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
