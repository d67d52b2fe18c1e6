package crosscut.launcher.progress;

import crosscut.engine.UserException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a log of JSON lines says at its end.
 *
 * @param auc of the last evaluation, which need not be the best
 * @param loss of the last evaluation
 */
public record LogResults(double auc, double loss) {

    /**
     * Reads the last evaluation in {@code log}.
     *
     * @throws UserException when the log cannot be read or holds none
     */
    public static LogResults lastEvaluation(Path log) {
        JsonMapper json = JsonMapper.shared();
        try {
            List<String> lines = Files.readAllLines(log);
            for (String line : lines.reversed()) {
                JsonNode record = json.readTree(line.substring(line.indexOf('{')));
                if (record.get("step").isIntegralNumber() && record.get("data").has("validation_loss")) {
                    return new LogResults(record.get("data").get("auc").asDouble(), record.get("data").get("validation_loss").asDouble());
                }
            }
        } catch (IOException failure) {
            throw new UserException("cannot read the log " + log + ": " + failure.getMessage(), failure);
        }
        throw new UserException("the log " + log + " holds no evaluation");
    }
}
