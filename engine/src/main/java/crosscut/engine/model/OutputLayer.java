package crosscut.engine.model;

import crosscut.kernels.device.Device;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.gemm.Activation;
import crosscut.kernels.gemm.FixedWeights;
import crosscut.kernels.gemm.MatrixProducts;
import crosscut.kernels.loss.LastLayer;
import java.util.List;

/**
 * The last layer of the top MLP, whose one output is the logit. It goes forward alone; or, in training, with its loss and the way back through both at once, as
 * nothing lies between them.
 */
final class OutputLayer {

    private final Operation forward;
    private final Operation learn;

    /**
     * What training adds.
     *
     * @param labels (1, batch) FLOAT32
     * @param globalBatch samples of all ranks, over which the loss is the mean
     * @param lossScale (1, 1) FLOAT32, factor on all gradients; null for 1
     * @param loss (1, 1) FLOAT32, this rank's share of it
     * @param logitGradient (batch, 1)
     * @param inputGradient like {@code input}
     * @param isReluOutput whether the input is the output of a ReLU, whose mask the gradient then has
     */
    record Learning(Tensor labels, long globalBatch, Tensor lossScale, Tensor loss, Tensor logitGradient, Tensor inputGradient, boolean isReluOutput) {}

    /**
     * Binds the layer.
     *
     * @param name prefix of its parameters
     * @param input (batch, in)
     * @param logits (batch, 1)
     * @param learning null for inference
     * @param side comes behind the gradients; null for inference
     * @param fixed takes the weights of an inference; null for training
     */
    OutputLayer(
            Device device, DenseParameters parameters, String name, Tensor input, Tensor logits, Learning learning, SideWork side, FixedWeights fixed) {
        MatrixProducts products = device.matrixProducts();
        Tensor weights = parameters.weight(name + ".weight");
        Tensor bias = parameters.bias(name + ".bias", products.biasType(weights));
        forward = device.named(name, products.forward(input, weights, bias, Activation.NONE, logits, fixed));
        learn = learning == null ? null
                : new OperationSequence(List.of(device.named(name, bind(device, parameters, name, input, logits, learning)), side.afterMain()));
    }

    private static Operation bind(Device device, DenseParameters parameters, String name, Tensor input, Tensor logits, Learning learning) {
        LastLayer layer = new LastLayer(input, learning.isReluOutput(), parameters.weight(name + ".weight"), parameters.master(name + ".bias"), logits,
                learning.logitGradient(), learning.inputGradient(), parameters.gradient(name + ".weight"), parameters.gradient(name + ".bias"));
        return device.loss().lastLayer(layer, learning.labels(), learning.globalBatch(), learning.lossScale(), learning.loss());
    }

    /** From its input to the logits. */
    void forward(Stream stream) {
        forward.launch(stream);
    }

    /** From its input to the logits, the loss, and the gradients of parameters and input. */
    void learn(Stream stream) {
        learn.launch(stream);
    }
}
