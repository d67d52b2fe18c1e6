package crosscut.launcher.progress;

import crosscut.engine.progress.ProgressEvent;
import crosscut.engine.progress.ProgressEvent.StepReport;
import java.io.PrintWriter;
import java.time.Duration;

/** Progress as plain lines, for files, pipes and job logs. */
public final class PlainLines implements ProgressRenderer {

    /** A training whose steps are slow gives a sign of life this often, whatever the print frequency. */
    private static final long LONGEST_SILENCE_NANOS = Duration.ofSeconds(20).toNanos();

    private final PrintWriter out;
    private final int printFreq;
    private long lastStepLine = System.nanoTime();

    public PlainLines(PrintWriter out, int printFreq) {
        this.out = out;
        this.printFreq = printFreq;
    }

    @Override
    public void on(ProgressEvent event) {
        switch (event) {
            case ProgressEvent.RunStarted started -> started.description().forEach(this::line);
            case StepReport report -> step(report);
            case ProgressEvent.EvaluationStarted started -> {
                // The report that follows says all of it.
            }
            case ProgressEvent.EvaluationProgress _ -> {
                // Evaluation is quick beside training; its report is enough here.
            }
            case ProgressEvent.EvaluationReport report -> line(EventText.evaluation(report));
            case ProgressEvent.CheckpointWritten written -> line(EventText.checkpoint(written));
            case ProgressEvent.Message message -> line(message.text());
            case ProgressEvent.RunFinished finished -> line(EventText.results(finished.results()));
        }
    }

    private void step(StepReport report) {
        boolean due = report.step() % printFreq == 0 || report.step() == report.totalSteps();
        if (due || System.nanoTime() - lastStepLine > LONGEST_SILENCE_NANOS) {
            lastStepLine = System.nanoTime();
            line(EventText.step(report));
        }
    }

    @Override
    public void line(String text) {
        out.println(text);
        out.flush();
    }

    @Override
    public void close() {
        out.flush();
    }
}
