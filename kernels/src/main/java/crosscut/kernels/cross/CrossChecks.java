package crosscut.kernels.cross;

import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.TensorChecks;
import crosscut.kernels.optimizer.LossScale;
import java.util.List;

/** What {@link CrossOperations} demands on every device. */
final class CrossChecks {

    private CrossChecks() {
    }

    static void forward(Tensor x0, Tensor h, Tensor x, Tensor next) {
        TensorChecks.like("h", h, x0);
        TensorChecks.like("x", x, x0);
        TensorChecks.like("next x", next, x0);
    }

    static void productGradient(Tensor g, Tensor x0, Tensor s) {
        TensorChecks.like("g", g, x0);
        TensorChecks.like("s", s, x0);
    }

    static void inputGradient(
            List<Tensor> gradients, List<Tensor> h, Tensor bottomGradient, Tensor x0, int bottomWidth, Tensor dx0, Tensor lossScale) {
        if (lossScale != null) {
            LossScale.check(lossScale);
        }
        if (gradients.size() != h.size() + 1) {
            throw new IllegalArgumentException(gradients.size() + " gradients for " + h.size() + " cross layers");
        }
        gradients.forEach(gradient -> TensorChecks.like("gradient", gradient, x0));
        h.forEach(product -> TensorChecks.like("h", product, x0));
        TensorChecks.like("dx0", dx0, x0);
        if (bottomWidth < 0 || bottomWidth > x0.columns()) {
            throw new IllegalArgumentException("bottom width " + bottomWidth + " of " + x0.columns() + " columns");
        }
        if (bottomGradient != null) {
            TensorChecks.shape("bottom gradient", bottomGradient, x0.rows(), bottomWidth);
            TensorChecks.type("bottom gradient", bottomGradient, x0.type());
        }
    }

    static void sum(List<Tensor> terms, Tensor target) {
        if (terms.isEmpty()) {
            throw new IllegalArgumentException("a sum of no terms");
        }
        terms.forEach(term -> TensorChecks.like("term", term, target));
    }

    static void copy(Tensor source, Tensor target) {
        TensorChecks.sameShape("target", target, source);
        TensorChecks.type("target", target, source.type());
    }
}
