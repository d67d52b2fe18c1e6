package crosscut.engine.model;

import crosscut.engine.config.ModelConfig;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.gemm.FixedWeights;
import crosscut.kernels.optimizer.LossScale;
import java.util.List;

/** The layers one after the other, bound to the tensors of a whole batch or of a slice of its samples: bottom MLP, cross network, top MLP, output layer. */
final class DenseLayers implements DensePass {

    private static final Operation NOTHING = _ -> {};

    private final Mlp bottom;
    private final CrossNetwork cross;
    private final Operation repeatBottom;
    private final Mlp top;
    private final OutputLayer output;
    private final Operation x0Gradient;

    /**
     * What training adds.
     *
     * @param labels (1, batch) FLOAT32
     * @param globalBatch samples of all ranks, over which the loss is the mean
     * @param lossScale (1, {@link LossScale#STATE_VALUES}) FLOAT32: factor on the gradients, and mark of an overflow; null for a factor of 1 and no mark
     * @param loss (1, 1) FLOAT32, these samples' share of the loss
     * @param side takes the weight gradients
     */
    record Learning(Tensor labels, long globalBatch, Tensor lossScale, Tensor loss, SideWork side) {

        /** The factor on the gradient of the loss, null for 1. */
        private Tensor factor() {
            return lossScale == null ? null : lossScale.columnRange(LossScale.SCALE, 1);
        }
    }

    /**
     * Binds the layers.
     *
     * @param learning null for inference
     * @param fixed takes the weights of an inference; null for training
     */
    DenseLayers(Device device, ModelConfig model, DenseParameters parameters, Dcnv2Tensors tensors, Learning learning, FixedWeights fixed) {
        SideWork side = learning == null ? null : learning.side();
        bottom = model.numericalFeatures() == 0 ? null : new Mlp(device, parameters, "bottom", tensors.bottomValues(),
                learning == null ? null : tensors.bottomGradients(), side, fixed);
        cross = new CrossNetwork(device, model, parameters, tensors.cross(), side, fixed);
        repeatBottom = bindTopInput(device, model, tensors);
        top = new Mlp(device, parameters, "top", tensors.topValues(), learning == null ? null : tensors.topGradients(), side, fixed);
        int hidden = model.topMlp().size() - 1;
        output = new OutputLayer(device, parameters, "top." + hidden, tensors.topValues().getLast(), tensors.get("logits"),
                learning == null ? null : outputLearning(model, tensors, learning), side, fixed);
        x0Gradient = learning == null ? NOTHING : bindX0Gradient(device, model, tensors, learning.lossScale());
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

    private static OutputLayer.Learning outputLearning(ModelConfig model, Dcnv2Tensors tensors, Learning learning) {
        return new OutputLayer.Learning(learning.labels(), learning.globalBatch(), learning.factor(), learning.loss(), tensors.get("gradient.logits"),
                tensors.topGradients().getLast(), model.topMlp().size() > 1);
    }

    private static Operation bindX0Gradient(Device device, ModelConfig model, Dcnv2Tensors tensors, Tensor lossScale) {
        CrossNetwork.CrossTensors c = tensors.cross();
        Tensor throughTop = tensors.repeatedBottom(tensors.get("gradient.top.input"));
        return device.cross().inputGradient(c.xGradients(), c.h(), throughTop, c.x().getFirst(), model.bottomWidth(), tensors.x0Gradient(), lossScale);
    }

    @Override
    public boolean looksUp() {
        return false;
    }

    @Override
    public void forwardBottom(Stream stream) {
        if (bottom != null) {
            bottom.forward(stream);
        }
    }

    @Override
    public void forwardInteraction(Stream stream) {
        cross.forward(stream);
        repeatBottom.launch(stream);
        top.forward(stream);
    }

    @Override
    public void forwardOutput(Stream stream) {
        output.forward(stream);
    }

    @Override
    public void learnOutput(Stream stream) {
        output.learn(stream);
    }

    @Override
    public void backwardInteraction(Stream stream) {
        top.backward(stream);
        cross.backward(stream);
        x0Gradient.launch(stream);
    }

    @Override
    public void backwardBottom(Stream stream) {
        if (bottom != null) {
            bottom.backward(stream);
        }
    }

    @Override
    public void close() {
        // Its tensors are the pass's.
    }
}
