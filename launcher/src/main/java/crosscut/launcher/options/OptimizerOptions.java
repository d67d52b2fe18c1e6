package crosscut.launcher.options;

import crosscut.engine.config.OptimizerConfig;
import crosscut.kernels.optimizer.UpdateRule;
import picocli.CommandLine.Option;

/** Optimizer and learning rate schedule. */
@FlagGroup("Optimizer")
final class OptimizerOptions {

    @Option(names = "--optimizer", paramLabel = "KIND", defaultValue = "adam",
            description = "adam (lazy on the embedding tables) or sgd. Default: ${DEFAULT-VALUE}")
    private UpdateRule.Kind optimizer;

    @Option(names = "--learning_rate", paramLabel = "RATE", defaultValue = "1e-4", description = "Base learning rate. Default: ${DEFAULT-VALUE}")
    private double learningRate;

    @Option(names = "--beta1", paramLabel = "DECAY", defaultValue = "0.9", description = "Adam's decay of the first moment. Default: ${DEFAULT-VALUE}")
    private double beta1;

    @Option(names = "--beta2", paramLabel = "DECAY", defaultValue = "0.999", description = "Adam's decay of the second moment. Default: ${DEFAULT-VALUE}")
    private double beta2;

    @Option(names = "--warmup_steps", paramLabel = "N", defaultValue = "100",
            description = "Steps in which the rate rises from 0 in a straight line. Default: ${DEFAULT-VALUE}")
    private long warmupSteps;

    @Option(names = "--decay_start_step", paramLabel = "N", defaultValue = "48000", description = "Step at which the decay begins. Default: ${DEFAULT-VALUE}")
    private long decayStartStep;

    @Option(names = "--decay_steps", paramLabel = "N", defaultValue = "24000",
            description = "Steps of the quadratic decay to 0, where the rate stays. Default: ${DEFAULT-VALUE}")
    private long decaySteps;

    OptimizerConfig toConfig() {
        return new OptimizerConfig(optimizer, learningRate, beta1, beta2, OptimizerConfig.DEFAULT_EPSILON, warmupSteps, decayStartStep, decaySteps);
    }
}
