package crosscut.launcher.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import crosscut.engine.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read from the end of a log. */
class LogResultsTest {

    @TempDir
    private Path folder;

    private Path log(String... records) throws IOException {
        return Files.write(folder.resolve("log.jsonl"), List.of(records).stream().map(record -> "DLLL " + record).toList());
    }

    @Test
    void theLastEvaluationIsTakenThoughAnEarlierOneWasBetter() throws IOException {
        Path log = log("{\"step\":\"PARAMETER\",\"data\":{\"epochs\":2}}", "{\"step\":10,\"data\":{\"auc\":0.75,\"validation_loss\":0.5}}",
                "{\"step\":20,\"data\":{\"auc\":0.625,\"validation_loss\":0.6}}", "{\"step\":20,\"data\":{\"epoch\":2,\"loss\":0.4}}",
                "{\"step\":[],\"data\":{\"auc\":0.75,\"validation_loss\":0.5,\"steps\":20}}");
        assertThat(LogResults.lastEvaluation(log)).isEqualTo(new LogResults(0.625, 0.6));
    }

    @Test
    void aLogWithoutAnEvaluationIsToldWithItsName() throws IOException {
        Path log = log("{\"step\":10,\"data\":{\"epoch\":1,\"loss\":0.4}}", "{\"step\":[],\"data\":{\"auc\":0.75,\"validation_loss\":0.5}}");
        assertThatThrownBy(() -> LogResults.lastEvaluation(log)).isInstanceOf(UserException.class).hasMessage("the log " + log + " holds no evaluation");
    }
}
