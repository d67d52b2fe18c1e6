package crosscut.kernels.optimizer;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.TensorChecks;

/**
 * How the loss scale of half-precision training moves (Micikevicius et al. 2018, arXiv 1710.03740, section 3.2). The scale itself lies in a device tensor of
 * {@link #STATE_VALUES} floats, read by the loss and written by {@link OptimizerOperations#adjustLossScale}, so that no step waits for the host. Whoever
 * allocates it writes the first scale; everything else starts at 0.
 *
 * @param goodSteps steps in a row without overflow after which the scale doubles; 0 for a scale that never moves, whatever overflows
 */
public record LossScale(int goodSteps) {

    /** Steps after which both Keras and PyTorch double a dynamic scale. */
    public static final int REFERENCE_GOOD_STEPS = 2000;

    /** Floats in the state. */
    public static final int STATE_VALUES = 4;

    /** Index of the factor on the gradient of the loss; at least 1 and finite. */
    public static final int SCALE = 0;

    /** Index of the mark that this step's gradients hold an infinity or a NaN: 0, or above it. */
    public static final int OVERFLOW = 1;

    /** Index of the number of steps since the last overflow or doubling; 0 for a scale that never moves. */
    public static final int GOOD_STEPS = 2;

    /** Index of the number of steps skipped so far, exact up to 2^24. */
    public static final int SKIPPED_STEPS = 3;

    public LossScale {
        if (goodSteps < 0) {
            throw new IllegalArgumentException("a loss scale that doubles after " + goodSteps + " steps");
        }
    }

    /** Demands a state: (1, {@link #STATE_VALUES}) FLOAT32. */
    public static void check(Tensor state) {
        TensorChecks.shape("loss scale", state, 1, STATE_VALUES);
        TensorChecks.type("loss scale", state, DataType.FLOAT32);
    }

    /** A scale that stays what it is; steps that overflow are skipped. */
    public static LossScale fixed() {
        return new LossScale(0);
    }

    /** A scale that halves at every overflow, down to 1, and doubles after {@value #REFERENCE_GOOD_STEPS} good steps while that is finite. */
    public static LossScale dynamic() {
        return new LossScale(REFERENCE_GOOD_STEPS);
    }
}
