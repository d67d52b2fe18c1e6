package crosscut.engine.model;

import crosscut.engine.config.ModelConfig;
import crosscut.kernels.device.Branch;
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
 * The cross network, {@code x_{l+1} = x0 * h_l + x_l} with {@code h_l = (x_l U_l) V_l + b_l} (low rank) or {@code h_l = x_l W_l + b_l} (full rank); Wang et al.
 * 2020, arXiv 2008.13535.
 */
final class CrossNetwork {

    /** Deviation of the truncated normal that U, V and W start from. */
    static final double INITIAL_DEVIATION = 0.05;

    private final OperationSequence forward;
    private final OperationSequence backward;

    /**
     * The tensors of a cross network, all (batch, width) but u.
     *
     * @param x x_0 ... x_L
     * @param h h_0 ... h_{L-1}
     * @param u u_l = x_l U_l, (batch, projection); empty for full rank
     * @param xGradients dL/dx_0 ... dL/dx_L without the paths through x0 as a factor; empty for inference
     * @param hGradient dL/dh_l, shared by all layers; null for inference
     * @param uGradient dL/du_l, shared by all layers; null for inference and full rank
     */
    record CrossTensors(List<Tensor> x, List<Tensor> h, List<Tensor> u, List<Tensor> xGradients, Tensor hGradient, Tensor uGradient) {}

    private final Device device;
    private final MatrixProducts products;
    private final DenseParameters parameters;
    private final CrossTensors tensors;
    private final FixedWeights fixed;

    /**
     * Binds the layers.
     *
     * @param side takes the weight gradients; null for inference
     * @param fixed takes the weights of an inference; null for training
     */
    CrossNetwork(Device device, ModelConfig model, DenseParameters parameters, CrossTensors tensors, SideWork side, FixedWeights fixed) {
        this.device = device;
        this.products = device.matrixProducts();
        this.parameters = parameters;
        this.tensors = tensors;
        this.fixed = fixed;
        List<Operation> ahead = new ArrayList<>();
        List<Operation> back = new ArrayList<>();
        for (int layer = 0; layer < model.crossLayers(); layer++) {
            List<Operation> ofLayer = new ArrayList<>();
            bindForward(ofLayer, layer, model.projection() > 0);
            ahead.add(device.named("cross." + layer, new OperationSequence(ofLayer)));
        }
        Branch above = null;
        for (int layer = model.crossLayers() - 1; tensors.hGradient() != null && layer >= 0; layer--) {
            List<Operation> ofLayer = new ArrayList<>();
            above = bindBackward(ofLayer, layer, model.projection() > 0, side, above);
            back.add(device.named("cross." + layer + " backward", new OperationSequence(ofLayer)));
        }
        forward = new OperationSequence(ahead);
        backward = new OperationSequence(back);
    }

    private void bindForward(List<Operation> ahead, int layer, boolean lowRank) {
        String name = "cross." + layer;
        Tensor x = tensors.x().get(layer);
        Tensor h = tensors.h().get(layer);
        if (lowRank) {
            Tensor u = tensors.u().get(layer);
            ahead.add(products.forward(x, parameters.weight(name + ".U"), null, Activation.NONE, u, fixed));
            ahead.add(forward(u, parameters.weight(name + ".V"), name, h));
        } else {
            ahead.add(forward(x, parameters.weight(name + ".weight"), name, h));
        }
        ahead.add(device.cross().forward(tensors.x().getFirst(), h, x, tensors.x().get(layer + 1)));
    }

    /** The product that adds the bias of the layer. */
    private Operation forward(Tensor input, Tensor weights, String layer, Tensor output) {
        return products.forward(input, weights, parameters.bias(layer + ".bias", products.biasType(weights)), Activation.NONE, output, fixed);
    }

    /**
     * Binds one layer and returns the branch of its weight gradients.
     *
     * @param above the branch of the layer above, which still reads the gradients that this layer writes over; null for the topmost
     */
    private Branch bindBackward(List<Operation> back, int layer, boolean lowRank, SideWork side, Branch above) {
        String name = "cross." + layer;
        Tensor x = tensors.x().get(layer);
        Tensor outputGradient = tensors.xGradients().get(layer + 1);
        Tensor inputGradient = tensors.xGradients().get(layer);
        Tensor hGradient = tensors.hGradient();
        Tensor biasGradient = parameters.gradient(name + ".bias");
        if (above != null) {
            back.add(above.join());
        }
        back.add(device.cross().productGradient(outputGradient, tensors.x().getFirst(), hGradient));
        Branch weights;
        if (lowRank) {
            Tensor uGradient = tensors.uGradient();
            back.add(products.inputGradient(hGradient, parameters.weight(name + ".V"), null, null, uGradient));
            weights = side.branch(
                    products.weightGradient(tensors.u().get(layer), hGradient, parameters.gradient(name + ".V"), biasGradient),
                    products.weightGradient(x, uGradient, parameters.gradient(name + ".U"), null));
            back.add(weights.fork());
            back.add(products.inputGradient(uGradient, parameters.weight(name + ".U"), outputGradient, null, inputGradient));
        } else {
            weights = side.branch(products.weightGradient(x, hGradient, parameters.gradient(name + ".weight"), biasGradient));
            back.add(weights.fork());
            back.add(products.inputGradient(hGradient, parameters.weight(name + ".weight"), outputGradient, null, inputGradient));
        }
        back.add(side.afterPart(name));
        return weights;
    }

    void forward(Stream stream) {
        forward.launch(stream);
    }

    void backward(Stream stream) {
        backward.launch(stream);
    }
}
