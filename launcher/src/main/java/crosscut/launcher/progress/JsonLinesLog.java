package crosscut.launcher.progress;

import crosscut.engine.UserException;
import crosscut.engine.data.FileFailure;
import crosscut.engine.progress.ProgressEvent;
import crosscut.engine.progress.ProgressEvent.EvaluationReport;
import crosscut.engine.progress.ProgressEvent.StepReport;
import crosscut.engine.progress.ProgressListener;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * The log for programs, in the format of NVIDIA's DLLogger: each line is {@code DLLL} and a JSON object with {@code timestamp}, {@code datetime}, {@code
 * elapsedtime}, {@code type}, {@code step} and {@code data}. The first record has step {@code "PARAMETER"} and every flag; then come records with the number of
 * finished steps, {@code loss} and so on every {@code print_freq} steps, {@code auc} and {@code validation_loss} per evaluation; the last has step {@code []}
 * and the results.
 */
public final class JsonLinesLog implements ProgressListener, AutoCloseable {

    private static final String PREFIX = "DLLL ";
    private static final DateTimeFormatter DATE_TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSSxxx", Locale.ROOT);

    private final Path file;
    private final int printFreq;
    private final Clock clock;
    private final Instant start;
    private final JsonMapper json = JsonMapper.builder().build();
    private final Writer writer;
    private IOException failure;

    /**
     * Opens the log.
     *
     * @param append whether to go on after an earlier run's records, as a resumed training does, instead of beginning anew
     * @param printFreq steps between two records of a step
     * @throws UserException when the file cannot be written
     */
    public JsonLinesLog(Path file, boolean append, int printFreq, Clock clock) {
        this.file = file;
        this.printFreq = printFreq;
        this.clock = clock;
        this.start = clock.instant();
        try {
            this.writer = Files.newBufferedWriter(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                    append ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING);
        } catch (IOException refused) {
            throw new UserException("cannot write the log " + file.toAbsolutePath() + " (" + FileFailure.reasonFor(file, refused)
                    + "): name another file with --log_path", refused);
        }
    }

    /** Writes the first record. */
    public void parameters(Map<String, Object> flags) {
        record("PARAMETER", flags);
    }

    @Override
    public void on(ProgressEvent event) {
        switch (event) {
            case StepReport report -> step(report);
            case EvaluationReport report -> evaluation(report);
            case ProgressEvent.RunFinished finished -> record(List.of(), finished.results());
            case ProgressEvent.CheckpointWritten written ->
                record(written.step(), Map.of("checkpoint", written.path().toString(), "checkpoint_seconds", written.seconds()));
            case ProgressEvent.RunStarted _, ProgressEvent.EvaluationStarted _, ProgressEvent.EvaluationProgress _, ProgressEvent.Message _ -> {
                // For people, or repeated by the records above.
            }
        }
    }

    private void step(StepReport report) {
        if (report.step() % printFreq != 0 && report.step() != report.totalSteps()) {
            return;
        }
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("epoch", report.epoch());
        data.put("loss", report.loss());
        data.put("learning_rate", report.learningRate());
        data.put("throughput", report.samplesPerSecond());
        data.put("step_time_ms", report.stepMilliseconds());
        data.put("data_wait_share", report.dataWaitShare());
        record(report.step(), data);
    }

    private void evaluation(EvaluationReport report) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("auc", report.auc());
        data.put("validation_loss", report.loss());
        data.put("validation_samples", report.samples());
        data.put("validation_seconds", report.seconds());
        record(report.step(), data);
    }

    private synchronized void record(Object step, Map<String, Object> data) {
        if (failure != null) {
            return;
        }
        Instant now = clock.instant();
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("timestamp", seconds(now.getEpochSecond(), now.getNano()));
        line.put("datetime", DATE_TIME.format(ZonedDateTime.ofInstant(now, clock.getZone())));
        line.put("elapsedtime", seconds(now.getEpochSecond() - start.getEpochSecond(), now.getNano() - start.getNano()));
        line.put("type", "LOG");
        line.put("step", step);
        line.put("data", data);
        try {
            writer.write(PREFIX + json.writeValueAsString(line) + "\n");
            writer.flush();
        } catch (IOException failed) {
            // The training is worth more than its log: it goes on, and close() tells.
            failure = failed;
        }
    }

    private static String seconds(long seconds, int nanos) {
        return String.format(Locale.ROOT, "%.6f", seconds + nanos / 1e9);
    }

    /**
     * Closes the log.
     *
     * @throws UserException when a record could not be written
     */
    @Override
    public synchronized void close() {
        try {
            writer.close();
        } catch (IOException failed) {
            failure = failure == null ? failed : failure;
        }
        if (failure != null) {
            throw new UserException("the log " + file.toAbsolutePath() + " is incomplete: " + failure.getMessage(), failure);
        }
    }
}
