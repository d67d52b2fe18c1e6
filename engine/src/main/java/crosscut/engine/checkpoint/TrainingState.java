package crosscut.engine.checkpoint;

import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.OptimizerConfig;
import crosscut.engine.train.BestResult;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A training's state apart from its tensors.
 *
 * @param step steps done over all epochs
 * @param best best evaluation so far
 * @param model the model's shape
 * @param optimizer optimizer and schedule
 * @param settings what else the continuation depends on, by flag name
 * @param trainFingerprint names the train split
 * @param lossScale state of the loss scale of an fp16 training, empty for others and in checkpoints of before there was one
 */
public record TrainingState(
        long step, BestResult best, ModelConfig model, OptimizerConfig optimizer, Map<String, String> settings, String trainFingerprint,
        List<Float> lossScale) {

    public TrainingState {
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        lossScale = lossScale == null ? List.of() : List.copyOf(lossScale);
    }

    /** The same training further on. */
    public TrainingState at(long newStep, BestResult newBest) {
        return new TrainingState(newStep, newBest, model, optimizer, settings, trainFingerprint, lossScale);
    }

    /** The same with the loss scale where it stands now. */
    public TrainingState withLossScale(List<Float> values) {
        return new TrainingState(step, best, model, optimizer, settings, trainFingerprint, values);
    }
}
