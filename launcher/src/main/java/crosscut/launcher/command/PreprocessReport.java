package crosscut.launcher.command;

import crosscut.engine.preprocess.PreprocessSummary;
import java.io.PrintWriter;
import java.util.Locale;

/** What preprocess prints at its end. */
final class PreprocessReport {

    private PreprocessReport() {
    }

    static void print(PreprocessSummary summary, PrintWriter out) {
        out.printf(Locale.ROOT, "%-14s %14s %10s %14s%n", "split", "rows", "positive", "bytes");
        for (PreprocessSummary.Split split : summary.splits()) {
            out.printf(Locale.ROOT, "%-14s %,14d %8.2f %% %,14d%n", split.name(), split.rows(), 100.0 * split.positives() / split.rows(), split.bytes());
        }
        out.println();
        out.printf(Locale.ROOT, "%-24s %12s %10s   %s%n", "column", "cardinality", "missing", "treatment");
        for (PreprocessSummary.Column column : summary.columns()) {
            String cardinality = column.categorical() ? String.format(Locale.ROOT, "%,d", column.cardinality()) : "-";
            out.printf(Locale.ROOT, "%-24s %12s %8.2f %%   %s%n", column.name(), cardinality, 100 * column.missingShare(), column.treatment());
        }
        out.println();
        long tableRows = summary.columns().stream().mapToLong(PreprocessSummary.Column::cardinality).sum();
        double seconds = summary.elapsed().toNanos() / 1e9;
        if (summary.badLines() > 0) {
            out.printf(Locale.ROOT, "%,d lines were left out%n", summary.badLines());
        }
        out.printf(Locale.ROOT, "%,d embedding rows in all tables, %,d bytes in %s%n", tableRows, summary.outputBytes(), summary.output());
        out.printf(Locale.ROOT, "%,d rows in %s, %,.0f rows/s%n", summary.inputRows(), PreprocessLines.time(seconds), summary.inputRows() / seconds);
    }
}
