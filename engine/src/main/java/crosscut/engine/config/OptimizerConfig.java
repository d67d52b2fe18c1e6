package crosscut.engine.config;

import crosscut.engine.UserException;
import crosscut.kernels.optimizer.UpdateRule;

/**
 * Optimizer and learning rate schedule.
 *
 * @param kind adam or sgd
 * @param learningRate base rate
 * @param beta1 Adam's decay of the first moment
 * @param beta2 Adam's decay of the second moment
 * @param epsilon Adam's epsilon-hat
 * @param warmupSteps length of the linear warm-up
 * @param decayStartStep first step of the decay
 * @param decaySteps length of the quadratic decay
 */
public record OptimizerConfig(
        UpdateRule.Kind kind,
        double learningRate,
        double beta1,
        double beta2,
        double epsilon,
        long warmupSteps,
        long decayStartStep,
        long decaySteps) {

    /** The reference passes no epsilon; this is the default of the Keras optimizer it uses. */
    public static final double DEFAULT_EPSILON = 1e-7;

    public OptimizerConfig {
        if (!(learningRate > 0) || Double.isInfinite(learningRate)) {
            throw new UserException("--learning_rate " + learningRate + " must be above 0");
        }
        if (!(beta1 >= 0 && beta1 < 1) || !(beta2 >= 0 && beta2 < 1)) {
            throw new UserException("--beta1 " + beta1 + " and --beta2 " + beta2 + " must lie in [0, 1)");
        }
        if (warmupSteps < 0 || decayStartStep < 0 || decaySteps < 0) {
            throw new UserException("--warmup_steps " + warmupSteps + ", --decay_start_step " + decayStartStep + " and --decay_steps " + decaySteps
                    + " must be 0 or more");
        }
    }

    /** The constants as kernels read them. */
    public UpdateRule rule() {
        return new UpdateRule(kind, beta1, beta2, epsilon);
    }
}
