package crosscut.bench.gpu;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The results of a run for people. */
final class MarkdownReport {

    private final StringBuilder text = new StringBuilder();

    private MarkdownReport() {
    }

    /** The results that {@link RunReport#collect} gave, as Markdown. */
    static String of(Map<String, Object> results) {
        MarkdownReport report = new MarkdownReport();
        report.environment(map(results.get("environment")));
        report.targets((List<?>) results.get("targets"));
        report.sections((List<?>) results.get("sections"));
        report.conformance((List<?>) results.get("conformance"));
        report.measurements(map(results.get("measurements")));
        return report.text.toString();
    }

    private void environment(Map<?, ?> environment) {
        line("# Run of " + environment.get("date"));
        line("");
        table("what", "value");
        environment.forEach((name, value) -> row(name, value));
        line("");
    }

    private void targets(List<?> targets) {
        line("## Targets (one H200)");
        line("");
        table("what", "least", "goal", "measured", "verdict");
        for (Object entry : targets) {
            Target target = (Target) entry;
            row(target.name(), number(target.least()), number(target.goal()), target.measured() == null ? "-" : number(target.measured()), target.verdict());
        }
        line("");
    }

    private void sections(List<?> sections) {
        line("## Sections");
        for (Object entry : sections) {
            Map<?, ?> section = map(entry);
            line("");
            line("### " + section.get("name") + ": " + section.get("result") + " after " + section.get("seconds") + " s");
            line("");
            line("```");
            ((List<?>) section.get("said")).forEach(said -> line(said.toString()));
            line("```");
        }
        line("");
    }

    private void conformance(List<?> classes) {
        if (classes.isEmpty()) {
            return;
        }
        line("## Conformance");
        line("");
        table("class", "exit status", "tests", "failed", "skipped", "seconds");
        for (Object entry : classes) {
            Map<?, ?> one = map(entry);
            Object failed = one.get("failed") instanceof List<?> names ? names.size() : "no report";
            row(one.get("class"), one.get("exit_status"), one.get("tests"), failed, one.get("skipped"), one.get("seconds"));
        }
        for (Object entry : classes) {
            if (map(entry).get("failed") instanceof List<?> failed) {
                failed.forEach(name -> line("- " + map(entry).get("class") + ": " + name));
            }
        }
        line("");
    }

    private void measurements(Map<?, ?> measurements) {
        line("## Results of the runs");
        line("");
        table("run", "what", "value");
        measurements.forEach((run, results) -> map(results).forEach((name, value) -> {
            if (value instanceof Number number) {
                row(run, name, number(number.doubleValue()));
            }
        }));
    }

    private static Map<?, ?> map(Object value) {
        return (Map<?, ?>) value;
    }

    private static String number(double value) {
        return value == Math.rint(value) || Math.abs(value) >= 1000 ? String.format(Locale.ROOT, "%,.0f", value) : String.format(Locale.ROOT, "%.5g", value);
    }

    private void table(Object... titles) {
        row(titles);
        line("|" + "---|".repeat(titles.length));
    }

    private void row(Object... cells) {
        text.append('|');
        for (Object cell : cells) {
            text.append(' ').append(cell == null ? "-" : cell.toString().replace("|", "\\|")).append(" |");
        }
        text.append('\n');
    }

    private void line(String content) {
        text.append(content).append('\n');
    }
}
