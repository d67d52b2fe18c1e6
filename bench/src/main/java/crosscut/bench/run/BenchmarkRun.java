package crosscut.bench.run;

import crosscut.engine.UserException;
import crosscut.kernels.device.ByteSize;
import crosscut.launcher.progress.Quantities;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Runs suites and writes what they measured. */
final class BenchmarkRun {

    /** Measuring what the machine does at best takes as long as a brief benchmark: one in so many does it beside. */
    private static final int CASES_PER_CEILINGS = 4;

    private final PrintWriter out;
    private final OutputFolder folder;
    private final long availableBytes;
    private final Results results = new Results();
    private final List<String> leftOut = new ArrayList<>();

    /** @param availableBytes memory that benchmarks may take; what needs more is left out, and said to be */
    BenchmarkRun(PrintWriter out, OutputFolder folder, long availableBytes) {
        this.out = out;
        this.folder = folder;
        this.availableBytes = availableBytes;
    }

    /**
     * Measures all cases that fit, says what is left out and why, and writes Markdown, JSON, JMH's JSON and JMH's log.
     *
     * @param conditions as they were at the start
     * @throws UserException when nothing fits, or when a case fails; what was measured before is written all the same
     */
    void run(List<Suite> suites, Conditions conditions) {
        suites.stream().flatMap(suite -> suite.leftOut().stream()).distinct().forEach(this::leaveOut);
        List<Case> cases = suites.stream().flatMap(suite -> suite.cases().stream()).distinct().filter(this::fits).toList();
        if (cases.isEmpty() && suites.stream().anyMatch(suite -> !suite.cases().isEmpty())) {
            throw new UserException("no benchmark of this preset fits into memory");
        }
        try (PrintStream log = folder.print(".log")) {
            JmhRuns runs = new JmhRuns(log, folder.file(".log"));
            try {
                measure(cases, runs);
                runPrograms(suites, log);
            } finally {
                conditions.end();
                write(suites, conditions, runs);
            }
        }
    }

    private void measure(List<Case> cases, JmhRuns runs) {
        for (Case measured : cases) {
            Measurement measurement = runs.run(measured, needsCeilings(measured));
            results.add(measured, measurement);
            out.println("[" + results.count() + "/" + cases.size() + "] " + measured.label() + ": " + time(measurement.undisturbed()) + " to "
                    + time(measurement.disturbed()));
        }
    }

    private void runPrograms(List<Suite> suites, PrintStream log) {
        try (WholeRuns runs = new WholeRuns(log, out)) {
            suites.forEach(suite -> suite.runPrograms(runs));
        }
    }

    /** True for the first case of its ceilings, and then now and again, since the machine is not always the same. */
    private boolean needsCeilings(Case measured) {
        return measured.ceilings() != null && results.countOf(measured.ceilings()) % CASES_PER_CEILINGS == 0;
    }

    private boolean fits(Case measured) {
        long needed = measured.bytes() + (measured.ceilings() == null ? 0 : CeilingsProfiler.Settings.BYTES);
        if (needed <= availableBytes) {
            return true;
        }
        leaveOut(measured.label() + " needs " + ByteSize.text(needed) + ", but " + ByteSize.text(availableBytes) + " of memory are available");
        return false;
    }

    private void leaveOut(String line) {
        leftOut.add(line);
        out.println("left out: " + line);
    }

    private void write(List<Suite> suites, Conditions conditions, JmhRuns runs) {
        List<Table> tables = suites.stream().map(suite -> suite.table(results)).filter(table -> !table.rows().isEmpty()).toList();
        if (tables.isEmpty()) {
            return;
        }
        try (PrintStream json = folder.print(".jmh.json")) {
            runs.writeTo(json);
        }
        Report report = new Report(conditions.facts(), results.ceilings(), tables, leftOut);
        for (Table table : tables) {
            if (table.plot() != null) {
                table.plot().draw(table.title(), table.rows(), folder.path().resolve(table.picture()));
            }
        }
        folder.write(".md", report.toMarkdown());
        folder.write(".json", report.toJson());
        out.println("results: " + folder.file(".md") + ", " + folder.file(".json"));
    }

    private static String time(double seconds) {
        if (seconds < 1e-6) {
            return Quantities.format("%.1f ns", seconds * 1e9);
        }
        return seconds < 1e-3 ? Quantities.format("%.1f us", seconds * 1e6) : Quantities.format("%.2f ms", seconds * 1e3);
    }
}
