package crosscut.kernels.loss;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.TensorChecks;

/** What {@link LossOperations} demands on every device. */
final class LossChecks {

    private LossChecks() {
    }

    static void binaryCrossEntropy(Tensor logits, Tensor labels, long globalBatch, Tensor lossScale, Tensor logitGradient, Tensor loss) {
        TensorChecks.floating("logits", logits);
        TensorChecks.shape("logits", logits, logits.rows(), 1);
        TensorChecks.shape("labels", labels, 1, Math.toIntExact(logits.rows()));
        TensorChecks.type("labels", labels, DataType.FLOAT32);
        if (globalBatch < 1) {
            throw new IllegalArgumentException("a mean over " + globalBatch + " samples");
        }
        if (logitGradient != null) {
            TensorChecks.like("logit gradient", logitGradient, logits);
        }
        if (lossScale != null) {
            single("loss scale", lossScale);
        }
        single("loss", loss);
    }

    private static void single(String name, Tensor tensor) {
        TensorChecks.shape(name, tensor, 1, 1);
        TensorChecks.type(name, tensor, DataType.FLOAT32);
    }
}
