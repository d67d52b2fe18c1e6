package crosscut.launcher.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.engine.UserException;
import crosscut.engine.progress.ProgressEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JsonLinesLogTest {

    private static final Clock NOON = Clock.fixed(Instant.parse("2026-01-02T12:00:00.25Z"), ZoneId.of("Europe/Rome"));

    @TempDir
    private Path folder;

    @Test
    void recordsAreDlloggers() throws IOException {
        Path file = folder.resolve("log.jsonl");
        try (JsonLinesLog log = new JsonLinesLog(file, false, 100, NOON)) {
            Map<String, Object> flags = new LinkedHashMap<>();
            flags.put("batch_size", 64);
            flags.put("seed", null);
            log.parameters(flags);
            log.on(new ProgressEvent.StepReport(1, 99, 200, 0.5, 1e-4, 1000, 64, 0.25));
            log.on(new ProgressEvent.StepReport(1, 100, 200, 0.5, 1e-4, 1000, 64, 0.25));
            log.on(new ProgressEvent.EvaluationReport(200, 0.75, 0.49, 640, 2));
            log.on(new ProgressEvent.RunFinished(Map.of("auc", 0.75)));
        }
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(4).allMatch(line -> line.startsWith("DLLL {"));
        assertThat(lines.get(0)).isEqualTo("DLLL {\"timestamp\":\"1767355200.250000\","
                + "\"datetime\":\"2026-01-02 13:00:00.250000+01:00\",\"elapsedtime\":\"0.000000\","
                + "\"type\":\"LOG\",\"step\":\"PARAMETER\",\"data\":{\"batch_size\":64,\"seed\":null}}");
        JsonNode step = JsonMapper.shared().readTree(lines.get(1).substring(5));
        assertThat(step.get("step").asLong()).isEqualTo(100);
        assertThat(step.get("data").get("loss").asDouble()).isEqualTo(0.5);
        assertThat(lines.get(2)).contains("\"step\":200,\"data\":{\"auc\":0.75,\"validation_loss\":0.49");
        assertThat(lines.get(3)).endsWith("\"step\":[],\"data\":{\"auc\":0.75}}");
    }

    @Test
    void aResumedRunGoesOnInTheSameFile() throws IOException {
        Path file = folder.resolve("log.jsonl");
        for (boolean append : new boolean[] {false, true, true}) {
            try (JsonLinesLog log = new JsonLinesLog(file, append, 1, NOON)) {
                log.parameters(Map.of());
            }
        }
        assertThat(file).content().hasLineCount(3);
        new JsonLinesLog(file, false, 1, NOON).close();
        assertThat(file).isEmptyFile();
    }

    @Test
    void aFolderOrAMissingFolderIsRefused() {
        assertThatThrownBy(() -> new JsonLinesLog(folder, false, 1, NOON)).isInstanceOf(UserException.class).hasMessageContaining(folder.toString());
    }

    @Test
    void aLogThatCouldNotBeWrittenIsToldAtTheEnd() {
        JsonLinesLog log = new JsonLinesLog(Path.of("/dev/full"), false, 1, NOON);
        log.parameters(Map.of("a", 1));
        log.on(new ProgressEvent.RunFinished(Map.of()));
        assertThatThrownBy(log::close).isInstanceOf(UserException.class).hasMessageContaining("/dev/full is incomplete");
    }
}
