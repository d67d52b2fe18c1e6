package crosscut.launcher.progress;

import crosscut.engine.progress.ProgressEvent;
import crosscut.engine.progress.ProgressEvent.EvaluationProgress;
import crosscut.engine.progress.ProgressEvent.StepReport;
import java.io.PrintWriter;
import java.time.Duration;

/** Progress as plain lines, for files, pipes and job logs. */
public final class PlainLines implements ProgressRenderer {

    /** Slow steps and long evaluations give a sign of life this often, whatever the print frequency. */
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(20);

    private final PrintWriter out;
    private final int printFreq;
    private final long longestSilenceNanos;
    private long lastLine = System.nanoTime();

    public PlainLines(PrintWriter out, int printFreq) {
        this(out, printFreq, LONGEST_SILENCE);
    }

    PlainLines(PrintWriter out, int printFreq, Duration longestSilence) {
        this.out = out;
        this.printFreq = printFreq;
        this.longestSilenceNanos = longestSilence.toNanos();
    }

    @Override
    public void on(ProgressEvent event) {
        switch (event) {
            case ProgressEvent.RunStarted started -> started.description().forEach(this::line);
            case StepReport report -> step(report);
            case ProgressEvent.EvaluationStarted started -> {
                // The report that follows says all of it.
            }
            case EvaluationProgress progress -> evaluationProgress(progress);
            case ProgressEvent.EvaluationReport report -> line(EventText.evaluation(report));
            case ProgressEvent.CheckpointWritten written -> line(EventText.checkpoint(written));
            case ProgressEvent.Message message -> line(message.text());
            case ProgressEvent.RunFinished finished -> line(EventText.results(finished.results()));
        }
    }

    private void step(StepReport report) {
        boolean due = report.step() % printFreq == 0 || report.step() == report.totalSteps();
        if (due || isSilentTooLong()) {
            line(EventText.step(report));
        }
    }

    private void evaluationProgress(EvaluationProgress progress) {
        if (isSilentTooLong()) {
            line(EventText.evaluationProgress(progress));
        }
    }

    private boolean isSilentTooLong() {
        return System.nanoTime() - lastLine > longestSilenceNanos;
    }

    @Override
    public void line(String text) {
        lastLine = System.nanoTime();
        out.println(text);
        out.flush();
    }

    @Override
    public void close() {
        out.flush();
    }
}
