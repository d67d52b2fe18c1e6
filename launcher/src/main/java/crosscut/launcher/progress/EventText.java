package crosscut.launcher.progress;

import crosscut.engine.progress.ProgressEvent.CheckpointWritten;
import crosscut.engine.progress.ProgressEvent.EvaluationProgress;
import crosscut.engine.progress.ProgressEvent.EvaluationReport;
import crosscut.engine.progress.ProgressEvent.StepReport;
import crosscut.kernels.device.ByteSize;
import java.util.Map;
import java.util.stream.Collectors;

/** The words for events, the same on a terminal and elsewhere. */
final class EventText {

    private EventText() {
    }

    static String step(StepReport report) {
        String total = report.totalSteps() > 0 ? "/" + report.totalSteps() : "";
        return "step " + report.step() + total + "  epoch " + report.epoch() + "  loss " + Quantities.format("%.8f", report.loss()) + "  learning rate "
                + Quantities.format("%.3g", report.learningRate()) + "  " + Quantities.rate(report.samplesPerSecond()) + "  "
                + Quantities.format("%.2f ms/step", report.stepMilliseconds()) + "  waiting for data " + Quantities.percent(report.dataWaitShare());
    }

    static String evaluationProgress(EvaluationProgress progress) {
        return Quantities.format("evaluation: %,d of %,d samples", progress.samples(), progress.totalSamples());
    }

    static String evaluation(EvaluationReport report) {
        return "evaluation after step " + report.step() + ": AUC " + Quantities.format("%.6f", report.auc()) + ", loss "
                + Quantities.format("%.6f", report.loss()) + Quantities.format(" over %,d samples in ", report.samples()) + Quantities.duration(report.seconds()) + " ("
                + Quantities.rate(report.samples() / report.seconds()) + ")";
    }

    static String checkpoint(CheckpointWritten written) {
        return "checkpoint after step " + written.step() + ": " + written.path() + ", " + ByteSize.text(written.bytes()) + " in "
                + Quantities.duration(written.seconds());
    }

    static String results(Map<String, Object> results) {
        // A training's results are those of its best evaluation, which need not be the last.
        String best = results.containsKey("validation_loss") ? "best " : "";
        return "done: " + best + results.entrySet().stream().map(entry -> result(entry.getKey(), entry.getValue())).collect(Collectors.joining(", "));
    }

    private static String result(String name, Object value) {
        if (!(value instanceof Number number)) {
            return name + " " + value;
        }
        double amount = number.doubleValue();
        if (name.endsWith("_bytes")) {
            return name.substring(0, name.lastIndexOf('_')).replace('_', ' ') + " " + ByteSize.text(number.longValue());
        }
        if (name.endsWith("_latency")) {
            return name.substring(0, name.indexOf('_')) + " latency " + Quantities.format("%.3f ms", 1e3 * amount);
        }
        return switch (name) {
            case "auc" -> "AUC " + Quantities.format("%.6f", amount);
            case "validation_loss", "test_loss" -> "loss " + Quantities.format("%.6f", amount);
            case "throughput", "mean_inference_throughput" -> Quantities.rate(amount);
            case "data_wait_share" -> "waiting for data " + Quantities.format("%.1f %%", 100 * amount);
            case "mean_step_time_ms" -> Quantities.format("%.2f ms/step", amount);
            default -> name.replace('_', ' ') + " " + (number instanceof Double ? Quantities.format("%.6g", amount) : number);
        };
    }
}
