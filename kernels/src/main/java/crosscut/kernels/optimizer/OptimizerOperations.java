package crosscut.kernels.optimizer;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;

/** Updates of dense parameters. */
public interface OptimizerOperations {

    /**
     * Updates every element of {@code weights} by {@code rule} and writes the compute-precision copy in the same pass.
     *
     * @param weights (1, n) FLOAT32
     * @param gradients (1, n) FLOAT32
     * @param firstMoments (1, n) FLOAT32, null for SGD
     * @param secondMoments (1, n) FLOAT32, null for SGD
     * @param computeCopy (1, n) BFLOAT16, or null when the model computes in fp32
     * @param step (1, {@link UpdateRule#STEP_VALUES}) FLOAT32, read at launch
     */
    Operation update(
            UpdateRule rule, Tensor weights, Tensor gradients, Tensor firstMoments, Tensor secondMoments, Tensor computeCopy, Tensor step);

    /** {@code target = (target type) source}, rounded to nearest even. Both (rows, columns), FLOAT32 or BFLOAT16. */
    Operation cast(Tensor source, Tensor target);
}
