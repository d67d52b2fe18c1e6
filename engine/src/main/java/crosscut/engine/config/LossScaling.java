package crosscut.engine.config;

import crosscut.engine.UserException;
import crosscut.kernels.optimizer.LossScale;

/**
 * How fp16 gradients are kept in range: the gradient of the loss is multiplied by a scale, and updates divide by it. Other precisions need none.
 *
 * @param initialScale the first scale, at least 1
 * @param dynamic whether the scale halves when gradients overflow and doubles after many steps without
 */
public record LossScaling(float initialScale, boolean dynamic) {

    /** The reference's scale. */
    public static final float REFERENCE_SCALE = 65_536;

    /** Gradients as they are. */
    public static final LossScaling NONE = new LossScaling(1, false);

    public LossScaling {
        if (!(initialScale >= 1) || Float.isInfinite(initialScale)) {
            throw new UserException("--loss_scale " + initialScale + " must be at least 1 and finite");
        }
    }

    /** The rule by which the scale moves. */
    public LossScale rule() {
        return dynamic ? LossScale.dynamic() : LossScale.fixed();
    }
}
