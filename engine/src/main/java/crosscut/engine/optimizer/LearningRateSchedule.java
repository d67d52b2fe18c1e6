package crosscut.engine.optimizer;

import crosscut.engine.config.OptimizerConfig;

/**
 * Linear warm-up from 0, constant, quadratic decay to 0. Step s counts from 0, so the first step has rate 0. The reference's decay grows again after its end;
 * here it stays at 0.
 */
final class LearningRateSchedule {

    private final OptimizerConfig config;

    LearningRateSchedule(OptimizerConfig config) {
        this.config = config;
    }

    /** The rate of the step with index {@code step}. */
    double rate(long step) {
        return config.learningRate() * factor(step);
    }

    private double factor(long step) {
        if (step < config.warmupSteps()) {
            return (double) step / config.warmupSteps();
        }
        long decayed = step - config.decayStartStep();
        if (decayed < 0) {
            return 1;
        }
        if (decayed >= config.decaySteps()) {
            return 0;
        }
        double left = (double) (config.decaySteps() - decayed) / config.decaySteps();
        return left * left;
    }
}
