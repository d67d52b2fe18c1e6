package crosscut.kernels.optimizer;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Tensor;
import java.util.List;

/** Updates of dense parameters, and what protects them from gradients that half precision cannot hold. */
public interface OptimizerOperations {

    /**
     * Updates every element of {@code weights} by {@code rule} and writes the compute-precision copy in the same pass; does nothing when the step says
     * {@link UpdateRule#SKIP}.
     *
     * @param weights (1, n) FLOAT32
     * @param gradients (1, n) FLOAT32
     * @param firstMoments (1, n) FLOAT32, null for SGD
     * @param secondMoments (1, n) FLOAT32, null for SGD
     * @param computeCopy (1, n) BFLOAT16 or, on a GPU, FLOAT16; or null when the model computes in fp32
     * @param step (1, {@link UpdateRule#STEP_VALUES}) FLOAT32, read at launch
     */
    Operation update(
            UpdateRule rule, Tensor weights, Tensor gradients, Tensor firstMoments, Tensor secondMoments, Tensor computeCopy, Tensor step);

    /** {@code target = (target type) source}, rounded to nearest even. Both (rows, columns), FLOAT32 or BFLOAT16 or, on a GPU, FLOAT16. */
    Operation cast(Tensor source, Tensor target);

    /**
     * Sets {@link LossScale#OVERFLOW} to 1 when any of the gradients is infinite or not a number, and else leaves it as it is. With several ranks the caller
     * sums the mark over them before {@link #adjustLossScale}, so that all skip the same steps.
     *
     * @param gradients any shapes; FLOAT32 or BFLOAT16 or, on a GPU, FLOAT16
     * @param lossScale (1, {@link LossScale#STATE_VALUES}) FLOAT32
     */
    Operation checkFinite(List<Tensor> gradients, Tensor lossScale);

    /**
     * Ends the gradients' part of a step: takes the mark of {@link #checkFinite} and clears it, writes {@link UpdateRule#GRADIENT_SCALE} (1 / the scale that
     * the gradients carry) and {@link UpdateRule#SKIP} for the updates that follow, and moves the scale as {@code rule} says for the next step.
     *
     * @param lossScale (1, {@link LossScale#STATE_VALUES}) FLOAT32
     * @param step (1, {@link UpdateRule#STEP_VALUES}) FLOAT32
     */
    Operation adjustLossScale(LossScale rule, Tensor lossScale, Tensor step);

    /**
     * {@code norm = gradientScale * sqrt(sum of gradients^2)}, with squares and sum in double over blocks of a fixed size.
     *
     * @param gradients (1, n) FLOAT32
     * @param step (1, {@link UpdateRule#STEP_VALUES}) FLOAT32: its {@link UpdateRule#GRADIENT_SCALE} takes the loss scale out
     * @param norm (1, 1) FLOAT32
     */
    Operation gradientNorm(Tensor gradients, Tensor step, Tensor norm);
}
