package crosscut.launcher.progress;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.engine.progress.ProgressEvent;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressRendererTest {

    private final StringWriter shown = new StringWriter();
    private final PrintWriter out = new PrintWriter(shown);

    private static List<ProgressEvent> smallRun() {
        Map<String, Object> results = new LinkedHashMap<>();
        results.put("auc", 0.75);
        results.put("validation_loss", 0.49);
        results.put("throughput", 12345.0);
        results.put("mean_step_time_ms", 5.25);
        results.put("data_wait_share", 0.0125);
        results.put("steps", 200L);
        results.put("peak_memory_bytes", 300L << 20);
        return List.of(
                new ProgressEvent.RunStarted(Map.of(), List.of("device: one", "data: two")),
                new ProgressEvent.StepReport(1, 50, 200, 0.7, 1e-4, 900, 5, 0.5),
                new ProgressEvent.StepReport(1, 100, 200, 0.6, 1e-4, 2_500_000, 5, 0.25),
                new ProgressEvent.EvaluationStarted(200, 640),
                new ProgressEvent.EvaluationProgress(200, 320, 640),
                new ProgressEvent.EvaluationReport(200, 0.75, 0.49, 640, 2),
                new ProgressEvent.CheckpointWritten(Path.of("out/step-200"), 200, 3 << 20, 0.5),
                new ProgressEvent.Message("by the way"),
                new ProgressEvent.RunFinished(results));
    }

    @Test
    void plainLinesComeEveryPrintFreqSteps() {
        try (PlainLines plain = new PlainLines(out, 100)) {
            smallRun().forEach(plain::on);
            plain.line("from elsewhere");
        }
        assertThat(shown.toString()).isEqualToNormalizingNewlines("""
                device: one
                data: two
                step 100/200  epoch 1  loss 0.60000000  learning rate 0.000100  2.500 M samples/s  5.00 ms/step  waiting for data 25 %
                evaluation after step 200: AUC 0.750000, loss 0.490000 over 640 samples in 2.0 s (320 samples/s)
                checkpoint after step 200: out/step-200, 3.0 MiB in 500 ms
                by the way
                done: best AUC 0.750000, loss 0.490000, 12.3 k samples/s, 5.25 ms/step, waiting for data 1.3 %, steps 200, peak memory 300.0 MiB
                from elsewhere
                """);
    }

    @Test
    void aLongEvaluationGivesASignOfLife() {
        try (PlainLines plain = new PlainLines(out, 100, Duration.ofNanos(-1))) {
            plain.on(new ProgressEvent.EvaluationProgress(0, 2048, 2_048_000));
        }
        try (PlainLines plain = new PlainLines(out, 100)) {
            plain.on(new ProgressEvent.EvaluationProgress(0, 4096, 2_048_000));
        }
        assertThat(shown.toString()).isEqualToNormalizingNewlines("evaluation: 2,048 of 2,048,000 samples\n");
    }

    @Test
    void aTerminalKeepsEveryLineWhole() {
        try (TerminalBar terminal = new TerminalBar(out, 120)) {
            smallRun().forEach(terminal::on);
            terminal.line("from elsewhere");
        }
        List<String> rows = shown.toString().lines().map(row -> row.substring(row.lastIndexOf("\u001b[K") < 0 ? 0 : row.lastIndexOf("\u001b[K") + 3)).toList();
        assertThat(rows).contains("device: one", "data: two", "by the way", "from elsewhere",
                "evaluation after step 200: AUC 0.750000, loss 0.490000 over 640 samples in 2.0 s (320 samples/s)",
                "done: best AUC 0.750000, loss 0.490000, 12.3 k samples/s, 5.25 ms/step, waiting for data 1.3 %, steps 200, peak memory 300.0 MiB");
    }

    @ParameterizedTest
    @CsvSource({"40, ' loss 0.70000'", "80, ' loss 0.70000'", "100, ' loss 0.70000, 12.0 k samples/s'",
        "150, ' loss 0.70000, 12.0 k samples/s, AUC 0.75000, waiting for data 50 %'"})
    void theBarSaysWhatFitsBesideIt(int columns, String message) {
        try (TerminalBar terminal = new TerminalBar(out, columns)) {
            terminal.on(new ProgressEvent.StepReport(1, 1, 200, 0.7, 1e-4, 12_000, 5, 0.5));
            terminal.on(new ProgressEvent.EvaluationStarted(1, 640));
            terminal.on(new ProgressEvent.EvaluationReport(1, 0.75, 0.49, 640, 2));
            terminal.on(new ProgressEvent.StepReport(1, 2, 200, 0.7, 1e-4, 12_000, 5, 0.5));
        }
        String last = shown.toString().replaceAll("\u001b\\[[0-9;]*[mK]", "").lines().filter(line -> line.startsWith("training")).reduce((_, later) -> later)
                .orElseThrow();
        assertThat(last).hasSizeLessThanOrEqualTo(columns - 3);
        if (columns >= 80) {
            assertThat(last).endsWith(message);
        }
    }

    @Test
    void anEvaluationAloneNeedsNoTraining() {
        try (TerminalBar terminal = new TerminalBar(out, 60)) {
            terminal.on(new ProgressEvent.EvaluationStarted(0, 10));
            terminal.on(new ProgressEvent.EvaluationProgress(0, 5, 10));
            terminal.on(new ProgressEvent.EvaluationReport(0, Double.NaN, 0.5, 10, 0));
        }
        assertThat(shown.toString()).contains("AUC NaN");
    }

    @Test
    void quantitiesAreReadable() {
        assertThat(Quantities.rate(9_999)).isEqualTo("9999 samples/s");
        assertThat(Quantities.rate(10_000)).isEqualTo("10.0 k samples/s");
        assertThat(Quantities.duration(0.0123)).isEqualTo("12 ms");
        assertThat(Quantities.duration(59.94)).isEqualTo("59.9 s");
        assertThat(Quantities.duration(3725)).isEqualTo("62 min 5 s");
    }
}
