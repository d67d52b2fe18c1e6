package crosscut.engine.model;

import crosscut.engine.config.ModelConfig;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.gemm.FixedWeights;
import java.util.List;

/** All layers but the embedding tables, bound to the tensors of a pass or of a slice of its samples: bottom MLP, cross network, top MLP, output layer. */
final class DenseLayers {

    private static final Operation NOTHING = _ -> {};

    private final Mlp bottom;
    private final CrossNetwork cross;
    private final Operation repeatBottom;
    private final Mlp top;
    private final OutputLayer output;

    /**
     * Binds the layers.
     *
     * @param learning what training adds to the output layer; null for inference
     * @param side takes the weight gradients; null for inference
     * @param fixed takes the weights of an inference; null for training
     */
    DenseLayers(
            Device device, ModelConfig model, DenseParameters parameters, Dcnv2Tensors tensors, OutputLayer.Learning learning, SideWork side,
            FixedWeights fixed) {
        bottom = model.numericalFeatures() == 0 ? null : new Mlp(device, parameters, "bottom", tensors.bottomValues(),
                learning == null ? null : tensors.bottomGradients(), side, fixed);
        cross = new CrossNetwork(device, model, parameters, tensors.cross(), side, fixed);
        repeatBottom = bindTopInput(device, model, tensors);
        top = new Mlp(device, parameters, "top", tensors.topValues(), learning == null ? null : tensors.topGradients(), side, fixed);
        int hidden = model.topMlp().size() - 1;
        output = new OutputLayer(device, parameters, "top." + hidden, tensors.topValues().getLast(), tensors.get("logits"), learning, side, fixed);
    }

    private static Operation bindTopInput(Device device, ModelConfig model, Dcnv2Tensors tensors) {
        Tensor input = tensors.topInput();
        Tensor repeated = tensors.repeatedBottom(input);
        Operation copyBottom = repeated == null ? NOTHING : device.cross().copy(tensors.get("x.0").columnRange(0, model.bottomWidth()), repeated);
        if (model.crossLayers() > 0 || !model.topInputIsSeparate()) {
            return copyBottom;
        }
        // Without cross layers nothing has written x0 into the top MLP's own input yet.
        Operation copyX0 = device.cross().copy(tensors.get("x.0"), input.columnRange(0, model.interactionWidth()));
        return new OperationSequence(List.of(copyX0, copyBottom));
    }

    /** From the numerical features to their columns of x0. */
    void forwardBottom(Stream stream) {
        if (bottom != null) {
            bottom.forward(stream);
        }
    }

    /** From x0 to the input of the output layer. */
    void forwardInteraction(Stream stream) {
        cross.forward(stream);
        repeatBottom.launch(stream);
        top.forward(stream);
    }

    /** From the input of the output layer to the logits. */
    void forwardOutput(Stream stream) {
        output.forward(stream);
    }

    /** Training: from the input of the output layer to logits and loss, and to the gradients of the output layer and of its input. */
    void learnOutput(Stream stream) {
        output.learn(stream);
    }

    /** Training: from the gradient of the output layer's input to those of x_0 to x_L. */
    void backwardInteraction(Stream stream) {
        top.backward(stream);
        cross.backward(stream);
    }

    /** Training: from the gradient of x0 to those of the bottom MLP. */
    void backwardBottom(Stream stream) {
        if (bottom != null) {
            bottom.backward(stream);
        }
    }
}
