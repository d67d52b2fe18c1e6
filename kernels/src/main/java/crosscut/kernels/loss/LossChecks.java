package crosscut.kernels.loss;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.TensorChecks;

/** What {@link LossOperations} demands on every device. */
final class LossChecks {

    private LossChecks() {
    }

    static void lastLayer(LastLayer layer, Tensor labels, long globalBatch, Tensor lossScale, Tensor loss) {
        Tensor x = layer.x();
        TensorChecks.like("input gradient", layer.inputGradient(), x);
        column("w", layer.w(), x.columns(), x.type());
        single("bias", layer.bias());
        TensorChecks.shape("logits", layer.logits(), x.rows(), 1);
        TensorChecks.type("logits", layer.logits(), x.type());
        TensorChecks.like("logit gradient", layer.logitGradient(), layer.logits());
        column("weight gradient", layer.weightGradient(), x.columns(), DataType.FLOAT32);
        single("bias gradient", layer.biasGradient());
        TensorChecks.shape("labels", labels, 1, Math.toIntExact(x.rows()));
        TensorChecks.type("labels", labels, DataType.FLOAT32);
        if (globalBatch < 1) {
            throw new IllegalArgumentException("a mean over " + globalBatch + " samples");
        }
        if (lossScale != null) {
            single("loss scale", lossScale);
        }
        single("loss", loss);
    }

    /** Weights of one output, which lie behind each other. */
    private static void column(String name, Tensor tensor, int rows, DataType type) {
        TensorChecks.shape(name, tensor, rows, 1);
        TensorChecks.type(name, tensor, type);
        if (!tensor.isDense()) {
            throw new IllegalArgumentException(
                    name + " is " + tensor.shape() + " with row stride " + tensor.rowStride() + "; a single column must have no gaps");
        }
    }

    private static void single(String name, Tensor tensor) {
        TensorChecks.shape(name, tensor, 1, 1);
        TensorChecks.type(name, tensor, DataType.FLOAT32);
    }
}
