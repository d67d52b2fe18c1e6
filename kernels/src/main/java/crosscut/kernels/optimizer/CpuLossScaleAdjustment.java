package crosscut.kernels.optimizer;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import java.lang.foreign.ValueLayout;

/** The few numbers that change at the end of a step's gradients. */
final class CpuLossScaleAdjustment implements Operation {

    private final LossScale rule;
    private final Tensor state;
    private final Tensor step;

    CpuLossScaleAdjustment(LossScale rule, Tensor state, Tensor step) {
        this.rule = rule;
        this.state = state;
        this.step = step;
    }

    @Override
    public void launch(Stream stream) {
        float scale = get(state, LossScale.SCALE);
        boolean overflow = get(state, LossScale.OVERFLOW) != 0;
        set(step, UpdateRule.GRADIENT_SCALE, 1 / scale);
        set(step, UpdateRule.SKIP, overflow ? 1 : 0);
        set(state, LossScale.OVERFLOW, 0);
        if (overflow) {
            set(state, LossScale.SKIPPED_STEPS, get(state, LossScale.SKIPPED_STEPS) + 1);
        }
        if (rule.goodSteps() > 0) {
            move(scale, overflow);
        }
    }

    private void move(float scale, boolean overflow) {
        float good = overflow ? 0 : get(state, LossScale.GOOD_STEPS) + 1;
        if (overflow) {
            set(state, LossScale.SCALE, Math.max(scale / 2, 1));
        } else if (good >= rule.goodSteps()) {
            good = 0;
            set(state, LossScale.SCALE, Float.isFinite(scale * 2) ? scale * 2 : scale);
        }
        set(state, LossScale.GOOD_STEPS, good);
    }

    private static float get(Tensor tensor, int index) {
        return tensor.hostSegment().get(ValueLayout.JAVA_FLOAT, tensor.byteOffset(0, index));
    }

    private static void set(Tensor tensor, int index, float value) {
        tensor.hostSegment().set(ValueLayout.JAVA_FLOAT, tensor.byteOffset(0, index), value);
    }
}
