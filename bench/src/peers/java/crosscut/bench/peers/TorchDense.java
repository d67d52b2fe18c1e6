package crosscut.bench.peers;

import crosscut.bench.cpu.StartingPoint;
import crosscut.engine.config.ModelConfig;
import crosscut.engine.model.DenseLayout;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/**
 * Bottom MLP, cross layers and top MLP of DCNv2 as a PyTorch user writes them. Parameters are fp32 copies of Crosscut's; where inputs are bf16, each layer
 * rounds its parameters to bf16 first, as autocast does.
 */
final class TorchDense {

    private final List<Layer> bottom = new ArrayList<>();
    private final List<Layer> down = new ArrayList<>();
    private final List<Layer> up = new ArrayList<>();
    private final List<Layer> top = new ArrayList<>();
    private final boolean tuned;

    /**
     * A linear layer.
     *
     * @param weight (out, in)
     * @param bias (out), null for none
     */
    private record Layer(Tensor weight, Tensor bias) {

        /** x W^T + b in the type of x. */
        Tensor apply(Tensor x) {
            torch.ScalarType type = x.scalar_type();
            Tensor matrix = cast(weight, type);
            return bias == null ? torch.linear(x, matrix) : torch.linear(x, matrix, new TensorOptional(cast(bias, type)));
        }
    }

    /**
     * Copies the parameters.
     *
     * @param tuned writes over tensors that nobody needs any more, and fuses the cross layer's product and sum
     */
    TorchDense(StartingPoint start, boolean tuned) {
        this.tuned = tuned;
        ModelConfig model = start.model();
        for (int layer = 0; layer < model.bottomMlp().size(); layer++) {
            // A PyTorch user has no zero columns beside the numerical features.
            bottom.add(layer(start, "bottom." + layer, layer == 0 ? model.numericalFeatures() : Integer.MAX_VALUE));
        }
        for (int layer = 0; layer < model.crossLayers(); layer++) {
            String name = "cross." + layer;
            down.add(new Layer(transposed(start, name + ".U", Integer.MAX_VALUE), null));
            up.add(new Layer(transposed(start, name + ".V", Integer.MAX_VALUE), bias(start, name + ".bias")));
        }
        for (int layer = 0; layer < model.topMlp().size(); layer++) {
            top.add(layer(start, "top." + layer, layer == 0 ? model.interactionWidth() + model.bottomWidth() : Integer.MAX_VALUE));
        }
    }

    private static Layer layer(StartingPoint start, String name, int inputs) {
        return new Layer(transposed(start, name + ".weight", inputs), bias(start, name + ".bias"));
    }

    private static Tensor transposed(StartingPoint start, String name, int inputs) {
        DenseLayout.Parameter shape = start.shape(name);
        return TorchTensors.view(start.values(name), shape.rows(), shape.columns()).narrow(0, 0, Math.min(inputs, shape.rows())).t().clone().contiguous();
    }

    private static Tensor bias(StartingPoint start, String name) {
        return TorchTensors.copy(start.values(name), start.shape(name).columns());
    }

    /** All parameters; setting {@code requires_grad} on them makes them learn. */
    List<Tensor> parameters() {
        List<Tensor> parameters = new ArrayList<>();
        for (List<Layer> layers : List.of(bottom, down, up, top)) {
            for (Layer layer : layers) {
                parameters.add(layer.weight());
                if (layer.bias() != null) {
                    parameters.add(layer.bias());
                }
            }
        }
        return parameters;
    }

    /** Rounds all parameters for good, for inference only. */
    void round(torch.ScalarType type) {
        for (List<Layer> layers : List.of(bottom, down, up, top)) {
            layers.replaceAll(layer -> new Layer(cast(layer.weight(), type), layer.bias() == null ? null : cast(layer.bias(), type)));
        }
    }

    /**
     * From features to logits, (batch, 1).
     *
     * @param numerical (batch, features) in the type in which layers compute
     * @param vectors of the tables, (batch, columns) each, fp32
     */
    Tensor logits(Tensor numerical, List<Tensor> vectors) {
        Tensor first = numerical;
        for (Layer layer : bottom) {
            first = relu(layer.apply(first));
        }
        TensorVector parts = new TensorVector();
        parts.push_back(first);
        for (Tensor vector : vectors) {
            parts.push_back(cast(vector, numerical.scalar_type()));
        }
        Tensor x0 = torch.cat(parts, 1);
        Tensor x = x0;
        for (int layer = 0; layer < down.size(); layer++) {
            Tensor u = down.get(layer).apply(x);
            Tensor h = up.get(layer).apply(u);
            u.close();
            Tensor next = tuned ? torch.addcmul(x, x0, h) : torch.add(torch.mul(x0, h), x);
            h.close();
            if (layer > 0) {
                x.close();
            }
            x = next;
        }
        Tensor y = torch.cat(new TensorVector(x, first), 1);
        x.close();
        for (int layer = 0; layer < top.size(); layer++) {
            Tensor output = top.get(layer).apply(y);
            y.close();
            y = layer < top.size() - 1 ? relu(output) : output;
        }
        return y;
    }

    private Tensor relu(Tensor values) {
        return tuned ? torch.relu_(values) : torch.relu(values);
    }

    private static Tensor cast(Tensor tensor, torch.ScalarType type) {
        return tensor.scalar_type() == type ? tensor : tensor.to(type);
    }
}
