package crosscut.engine.model;

import crosscut.kernels.device.Device;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.gemm.Activation;
import crosscut.kernels.gemm.FixedWeights;
import crosscut.kernels.gemm.MatrixProducts;
import java.util.ArrayList;
import java.util.List;

/**
 * A stack of linear layers {@code y_i = relu(y_{i-1} W_i + b_i)}: the bottom MLP, and the top MLP without its {@link OutputLayer}. May be empty.
 *
 * <p>Gradients that come in and go out belong to the values after the ReLU's mask: whoever produces the gradient of a ReLU's output has already multiplied it
 * by (output > 0), in the epilogue that writes it.
 */
final class Mlp {

    private final OperationSequence forward;
    private final OperationSequence backward;

    /**
     * Binds the layers.
     *
     * @param name "bottom" or "top", the prefix of the parameters
     * @param values input, then the output of every layer: (batch, width)
     * @param gradients dL/d of {@code values}, null for inference; the first may be null when nothing upstream learns
     * @param side takes the weight gradients; null for inference
     * @param fixed takes the weights of an inference; null for training
     */
    Mlp(
            Device device, DenseParameters parameters, String name, List<Tensor> values, List<Tensor> gradients, SideWork side, FixedWeights fixed) {
        MatrixProducts products = device.matrixProducts();
        List<Operation> ahead = new ArrayList<>();
        List<Operation> back = new ArrayList<>();
        int layers = values.size() - 1;
        for (int layer = 0; layer < layers; layer++) {
            String prefix = name + "." + layer;
            Tensor weights = parameters.weight(prefix + ".weight");
            Tensor bias = parameters.bias(prefix + ".bias", products.biasType(weights));
            ahead.add(device.named(prefix, products.forward(values.get(layer), weights, bias, Activation.RELU, values.get(layer + 1), fixed)));
        }
        for (int layer = layers - 1; gradients != null && layer >= 0; layer--) {
            bindBackward(back, side, device, parameters, name + "." + layer, values, gradients, layer);
        }
        if (gradients != null) {
            back.add(side.afterPart(name));
        }
        forward = new OperationSequence(ahead);
        backward = new OperationSequence(back);
    }

    private static void bindBackward(
            List<Operation> back, SideWork side, Device device, DenseParameters parameters, String prefix, List<Tensor> values,
            List<Tensor> gradients, int layer) {
        MatrixProducts products = device.matrixProducts();
        Tensor outputGradient = gradients.get(layer + 1);
        List<Operation> ofLayer = new ArrayList<>();
        ofLayer.add(side.branch(products.weightGradient(
                values.get(layer), outputGradient, parameters.gradient(prefix + ".weight"), parameters.gradient(prefix + ".bias"))).fork());
        Tensor inputGradient = gradients.get(layer);
        if (inputGradient != null) {
            Tensor reluOutput = layer == 0 ? null : values.get(layer);
            ofLayer.add(products.inputGradient(outputGradient, parameters.weight(prefix + ".weight"), null, reluOutput, inputGradient));
        }
        back.add(device.named(prefix + " backward", new OperationSequence(ofLayer)));
    }

    void forward(Stream stream) {
        forward.launch(stream);
    }

    void backward(Stream stream) {
        backward.launch(stream);
    }
}
