package crosscut.bench.gpu;

import crosscut.bench.MarkdownText;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The results of a run for people. */
final class MarkdownReport {

    private final MarkdownText text = new MarkdownText();

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
        text.line("# Run of " + environment.get("date"));
        text.line("");
        text.table("what", "value");
        environment.forEach((name, value) -> text.row(name, value));
        text.line("");
    }

    private void targets(List<?> targets) {
        text.line("## Targets (one H200)");
        text.line("");
        text.table("what", "least", "goal", "measured", "verdict");
        for (Object entry : targets) {
            Target target = (Target) entry;
            text.row(target.name(), number(target.least()), number(target.goal()), target.measured() == null ? "-" : number(target.measured()), target.verdict());
        }
        text.line("");
    }

    private void sections(List<?> sections) {
        text.line("## Sections");
        for (Object entry : sections) {
            Map<?, ?> section = map(entry);
            text.line("");
            text.line("### " + section.get("name") + ": " + section.get("result") + " after " + section.get("seconds") + " s");
            text.line("");
            text.line("```");
            ((List<?>) section.get("said")).forEach(said -> text.line(said.toString()));
            text.line("```");
        }
        text.line("");
    }

    private void conformance(List<?> classes) {
        if (classes.isEmpty()) {
            return;
        }
        text.line("## Conformance");
        text.line("");
        text.table("class", "exit status", "tests", "failed", "skipped", "seconds");
        for (Object entry : classes) {
            Map<?, ?> one = map(entry);
            Object failed = one.get("failed") instanceof List<?> names ? names.size() : "no report";
            text.row(one.get("class"), one.get("exit_status"), one.get("tests"), failed, one.get("skipped"), one.get("seconds"));
        }
        for (Object entry : classes) {
            if (map(entry).get("failed") instanceof List<?> failed) {
                failed.forEach(name -> text.line("- " + map(entry).get("class") + ": " + name));
            }
        }
        text.line("");
    }

    private void measurements(Map<?, ?> measurements) {
        text.line("## Results of the runs");
        text.line("");
        text.table("run", "what", "value");
        measurements.forEach((run, results) -> map(results).forEach((name, value) -> {
            if (value instanceof Number number) {
                text.row(run, name, number(number.doubleValue()));
            }
        }));
    }

    private static Map<?, ?> map(Object value) {
        return (Map<?, ?>) value;
    }

    private static String number(double value) {
        return value == Math.rint(value) || Math.abs(value) >= 1000 ? String.format(Locale.ROOT, "%,.0f", value) : String.format(Locale.ROOT, "%.5g", value);
    }
}
