package crosscut.launcher.command;

import crosscut.engine.preprocess.PreprocessListener;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/** Shows how far preprocessing is: on a terminal one line that is rewritten, elsewhere a line per finished stage and one every half minute in long stages. */
final class PreprocessLines implements PreprocessListener {

    private static final long LINE_PERIOD_NANOSECONDS = 30_000_000_000L;
    private static final long REWRITE_PERIOD_NANOSECONDS = 200_000_000L;
    private static final int MOST_WARNINGS = 10;
    /** Where rounding may hide that everything is done. */
    private static final double MOST_OF_THE_PLAN = 1 - 1e-6;

    private final PrintWriter out;
    private final boolean rewrites;
    private final long runStart = System.nanoTime();
    private double skippedShare;
    private long stageStart;
    private long lastShown;
    private int warnings;

    PreprocessLines(PrintWriter out, boolean rewrites) {
        this.out = out;
        this.rewrites = rewrites;
    }

    @Override
    public synchronized void stageStarted(Stage stage) {
        stageStart = System.nanoTime();
        lastShown = stageStart;
    }

    @Override
    public synchronized void stageProgressed(Stage stage, double share, long rows) {
        long now = System.nanoTime();
        if (now - lastShown < (rewrites ? REWRITE_PERIOD_NANOSECONDS : LINE_PERIOD_NANOSECONDS)) {
            return;
        }
        lastShown = now;
        double planShare = stage.planStart() + share * (stage.planEnd() - stage.planStart());
        String text = prefix(stage) + String.format(Locale.ROOT, ", %.0f %%", 100 * share) + rate(rows, now - stageStart) + remaining(planShare, now);
        show(text, rewrites);
    }

    @Override
    public synchronized void stageFinished(Stage stage, long rows, Duration elapsed) {
        String text = prefix(stage) + String.format(Locale.ROOT, ": %,d rows in %s", rows, time(elapsed.toNanos() / 1e9)) + rate(rows, elapsed.toNanos())
                + remaining(stage.planEnd(), System.nanoTime());
        show(text, rewrites);
        if (rewrites && stage.number() == stage.count()) {
            out.print("\r\033[K");
            out.flush();
        }
    }

    @Override
    public synchronized void stageSkipped(Stage stage, long rows) {
        skippedShare += stage.planEnd() - stage.planStart();
        show(prefix(stage) + String.format(Locale.ROOT, ": %,d rows, done by the interrupted run", rows), rewrites);
    }

    @Override
    public synchronized void warned(String message) {
        warnings++;
        if (warnings <= MOST_WARNINGS) {
            show(message, false);
        } else if (warnings == MOST_WARNINGS + 1) {
            show("further lines that are left out are counted, but not shown", false);
        }
    }

    private void show(String text, boolean rewritable) {
        if (rewrites) {
            out.print("\r\033[K" + text + (rewritable ? "" : "\n"));
        } else {
            out.println(text);
        }
        out.flush();
    }

    private static String prefix(Stage stage) {
        return String.format(Locale.ROOT, "[%d/%d] %s", stage.number(), stage.count(), stage.name());
    }

    private static String rate(long rows, long nanoseconds) {
        return rows == 0 || nanoseconds == 0 ? "" : String.format(Locale.ROOT, ", %,.0f rows/s", rows / (nanoseconds / 1e9));
    }

    /** The time left if the rest of the plan goes as fast as what this run has done of it. */
    private String remaining(double planShare, long now) {
        double done = planShare - skippedShare;
        if (done <= 0 || planShare > MOST_OF_THE_PLAN) {
            return "";
        }
        return ", about " + time((now - runStart) / 1e9 * (1 - planShare) / done) + " left";
    }

    static String time(double seconds) {
        if (seconds < 60) {
            return String.format(Locale.ROOT, "%.1f s", seconds);
        }
        long whole = Math.round(seconds);
        return whole < 3600 ? String.format(Locale.ROOT, "%d:%02d min", whole / 60, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d h", whole / 3600, whole % 3600 / 60);
    }
}
