package crosscut.kernels.optimizer;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.TensorChecks;

/** What {@link OptimizerOperations} demands on every device. */
final class OptimizerChecks {

    private OptimizerChecks() {
    }

    static void update(UpdateRule rule, Tensor weights, Tensor gradients, Tensor firstMoments, Tensor secondMoments, Tensor computeCopy, Tensor step) {
        flat("weights", weights, weights);
        flat("gradients", gradients, weights);
        if (rule.kind() == UpdateRule.Kind.ADAM) {
            flat("first moments", firstMoments, weights);
            flat("second moments", secondMoments, weights);
        }
        if (computeCopy != null) {
            TensorChecks.shape("compute copy", computeCopy, 1, weights.columns());
            if (computeCopy.type() != DataType.BFLOAT16 && computeCopy.type() != DataType.FLOAT16) {
                throw new IllegalArgumentException("compute copy is " + computeCopy.shape() + " where BFLOAT16 or FLOAT16 is needed");
            }
        }
        UpdateRule.checkStep(step);
    }

    static void cast(Tensor source, Tensor target) {
        TensorChecks.floating("source", source);
        TensorChecks.floating("target", target);
        TensorChecks.sameShape("target", target, source);
    }

    static void gradientNorm(Tensor gradients, Tensor step, Tensor norm) {
        flat("gradients", gradients, gradients);
        UpdateRule.checkStep(step);
        TensorChecks.shape("norm", norm, 1, 1);
        TensorChecks.type("norm", norm, DataType.FLOAT32);
    }

    private static void flat(String name, Tensor tensor, Tensor weights) {
        if (tensor == null) {
            throw new IllegalArgumentException(name + " are missing");
        }
        TensorChecks.shape(name, tensor, 1, weights.columns());
        TensorChecks.type(name, tensor, DataType.FLOAT32);
    }
}
