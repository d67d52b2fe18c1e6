package crosscut.kernels.optimizer;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.TensorChecks;

/**
 * The optimizer and its constants. What changes per step lies in a device tensor of {@link #STEP_VALUES} floats, so that a captured step can be replayed:
 * [0] the step size (Adam: {@code learningRate * sqrt(1 - beta2^t) / (1 - beta1^t)}, t from 1; SGD: the learning rate), [1] the factor that gradients are
 * multiplied by first (1, or 1 / loss scale), [2] not 0 when this step's gradients are unusable: then every update leaves weights and moments as they are.
 * Without a loss scale the host writes all three; with one {@link OptimizerOperations#adjustLossScale} writes [1] and [2] on the device, after the host has
 * written [0]. A skipped step counts in t all the same: the host, which computes the step size, does not wait to learn that it was skipped.
 *
 * <p>Adam is the epsilon-hat form of Kingma and Ba (2015), end of section 2, as tf.keras.optimizers.legacy.Adam computes it:
 * {@code m += (1 - beta1)(g - m); v += (1 - beta2)(g^2 - v); w -= stepSize * m / (sqrt(v) + epsilon)}.
 *
 * @param kind which optimizer
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param epsilon epsilon-hat
 */
public record UpdateRule(Kind kind, double beta1, double beta2, double epsilon) {

    /** Floats in the step tensor. */
    public static final int STEP_VALUES = 3;

    /** Index of the step size in the step tensor. */
    public static final int STEP_SIZE = 0;

    /** Index of the gradient factor in the step tensor. */
    public static final int GRADIENT_SCALE = 1;

    /** Index of the mark in the step tensor that makes updates do nothing: 0 or 1. */
    public static final int SKIP = 2;

    /** Which optimizer. */
    public enum Kind {
        ADAM,
        SGD
    }

    /** Demands a step tensor: (1, {@link #STEP_VALUES}) FLOAT32. */
    public static void checkStep(Tensor step) {
        TensorChecks.shape("step", step, 1, STEP_VALUES);
        TensorChecks.type("step", step, DataType.FLOAT32);
    }

    /** 1 - beta1, subtracted in double: in fp32 it would lose three bits for 0.9, and Adam's moments with it. */
    public float firstMomentWeight() {
        return (float) (1 - beta1);
    }

    /** 1 - beta2, subtracted in double: in fp32 it would be off by 1.3e-5 for 0.999, and Adam's moments with it. */
    public float secondMomentWeight() {
        return (float) (1 - beta2);
    }
}
