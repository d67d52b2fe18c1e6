package crosscut.launcher.progress;

import crosscut.engine.progress.ProgressEvent;
import crosscut.engine.progress.ProgressEvent.EvaluationReport;
import crosscut.engine.progress.ProgressEvent.StepReport;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Progress on a terminal: one bar at the bottom that says how far the training or the evaluation is, and lines above it for what stays true. */
final class TerminalBar implements ProgressRenderer {

    private static final int REFRESH_MILLISECONDS = 250;
    /** Name, percentage, counts and times, and a bar that is still one. */
    private static final int COLUMNS_BEFORE_MESSAGE = 64;

    private final BarLine barLine;
    private final int messageColumns;
    private ProgressBar bar;
    private ProgressBar evaluationBar;
    private boolean paused;
    private String auc = "";

    TerminalBar(PrintWriter terminal, int columns) {
        this.barLine = new BarLine(terminal, columns);
        this.messageColumns = columns - COLUMNS_BEFORE_MESSAGE;
    }

    @Override
    public synchronized void on(ProgressEvent event) {
        switch (event) {
            case ProgressEvent.RunStarted started -> {
                // A run that was started again goes on from an earlier step.
                endBars();
                started.description().forEach(this::line);
            }
            case StepReport report -> step(report);
            case ProgressEvent.EvaluationStarted started -> {
                endEvaluationBar();
                evaluationBar = start("evaluation", started.samples(), 0);
            }
            case ProgressEvent.EvaluationProgress progress -> {
                if (evaluationBar != null) {
                    evaluationBar.maxHint(progress.totalSamples()).stepTo(progress.samples());
                }
            }
            case EvaluationReport report -> evaluated(report);
            case ProgressEvent.CheckpointWritten written -> line(EventText.checkpoint(written));
            case ProgressEvent.Message message -> line(message.text());
            case ProgressEvent.RunFinished finished -> {
                endBars();
                line(EventText.results(finished.results()));
            }
        }
    }

    private void step(StepReport report) {
        endEvaluationBar();
        boolean redraws = paused;
        if (bar == null) {
            bar = start("training", report.totalSteps(), report.step());
        } else if (paused) {
            // Resuming a bar that runs would start its clock anew.
            bar.resume();
            paused = false;
        }
        bar.stepTo(report.step());
        bar.setExtraMessage(message(report));
        if (redraws) {
            // Evaluations may follow each other faster than the bar draws itself.
            bar.refresh();
        }
    }

    /** As much as fits beside the bar, and the loss always. */
    private String message(StepReport report) {
        StringBuilder message = new StringBuilder(Quantities.format(" loss %.5f", report.loss()));
        for (String part : List.of(", " + Quantities.rate(report.samplesPerSecond()), auc, ", waiting for data " + Quantities.percent(report.dataWaitShare()))) {
            if (message.length() + part.length() <= messageColumns) {
                message.append(part);
            }
        }
        return message.toString();
    }

    private void evaluated(EvaluationReport report) {
        endEvaluationBar();
        auc = Quantities.format(", AUC %.5f", report.auc());
        line(EventText.evaluation(report));
    }

    private ProgressBar start(String task, long steps, long first) {
        if (bar != null) {
            bar.pause();
            paused = true;
        }
        return new ProgressBarBuilder().setTaskName(task).setInitialMax(steps > 0 ? steps : -1).startsFrom(first, Duration.ZERO)
                .setUpdateIntervalMillis(REFRESH_MILLISECONDS).setStyle(ProgressBarStyle.COLORFUL_UNICODE_BLOCK).setConsumer(barLine)
                .clearDisplayOnFinish().build();
    }

    private void endEvaluationBar() {
        if (evaluationBar != null) {
            evaluationBar.close();
            evaluationBar = null;
        }
    }

    private void endBars() {
        endEvaluationBar();
        if (bar != null) {
            bar.close();
            bar = null;
            paused = false;
        }
    }

    @Override
    public void line(String text) {
        barLine.above(text);
    }

    @Override
    public synchronized void close() {
        endBars();
    }
}
