package crosscut.engine.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Everything one run of {@code train}, {@code --mode eval} or {@code --mode inference} is told.
 *
 * @param mode what to do
 * @param dataset where samples come from
 * @param model the model's shape as flags; eval and inference take the checkpoint's instead
 * @param training how to train and evaluate
 * @param checkpoint what to save and restore
 * @param flags every flag in effect by name, for logs and the configuration record
 */
public record RunConfig(
        Mode mode, DatasetConfig dataset, ModelFlags model, TrainingConfig training, CheckpointConfig checkpoint, Map<String, Object> flags) {

    /** The reference's modes. */
    public enum Mode {
        TRAIN,
        EVAL,
        INFERENCE
    }

    public RunConfig {
        flags = Collections.unmodifiableMap(new LinkedHashMap<>(flags));
    }
}
