package crosscut.launcher.rank;

import static org.assertj.core.api.Assertions.assertThat;

import crosscut.engine.progress.ProgressEvent;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RankLinesTest {

    private final RankLines lines = new RankLines();

    static Stream<ProgressEvent> events() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("batch_size", 65536);
        values.put("learning_rate", 1e-4);
        values.put("seed", null);
        values.put("dims", List.of(3, 2));
        return Stream.of(
                new ProgressEvent.RunStarted(values, List.of("model: ä \n second line", "")),
                new ProgressEvent.StepReport(1, 1L << 40, 0, 0.1 + 0.2, 1e-4, 12345.6, 3.25, 0.5),
                new ProgressEvent.StepReport(1, 1, 2, Double.NaN, Double.POSITIVE_INFINITY, 0, 0, 0),
                new ProgressEvent.EvaluationStarted(5, 10),
                new ProgressEvent.EvaluationProgress(5, 7, 10),
                new ProgressEvent.EvaluationReport(5, 0.75, 0.49, 10, 1.5),
                new ProgressEvent.CheckpointWritten(Path.of("/tmp/a b/step-5"), 5, 1L << 33, 0.25),
                new ProgressEvent.Message("\"quoted\" \\ text"),
                new ProgressEvent.RunFinished(values));
    }

    @ParameterizedTest
    @MethodSource("events")
    void everyEventComesBackAsItWent(ProgressEvent event) {
        String line = lines.line(event);
        assertThat(line).doesNotContain("\n");
        assertThat(lines.event(line)).contains(event);
        assertThat(lines.failure(line)).isEmpty();
    }

    @Test
    void allKindsOfEventsAreTested() {
        assertThat(events().map(ProgressEvent::getClass).distinct()).hasSize(ProgressEvent.class.getPermittedSubclasses().length);
    }

    @Test
    void failuresComeBackAndOtherLinesAreNeither() {
        RankFailure failure = new RankFailure("cannot read x", "at a\nat b\n");
        assertThat(lines.failure(lines.line(failure))).contains(failure);
        assertThat(lines.event("step 5")).isEmpty();
        assertThat(lines.failure("step 5")).isEmpty();
    }
}
