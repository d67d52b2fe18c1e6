package crosscut.engine.model;

import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.Precision;
import crosscut.engine.model.CrossNetwork.CrossTensors;
import crosscut.engine.model.TensorPlan.Tensors;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;

/**
 * Names and shapes of all activations and their gradients for one batch size, in the order of the data. In training every layer keeps its own; in inference the
 * cross layers write over each other.
 */
final class Dcnv2Tensors {

    private final ModelConfig model;
    private final boolean training;
    private final Function<String, Tensor> tensors;

    Dcnv2Tensors(ModelConfig model, boolean training, Tensors tensors) {
        this(model, training, tensors::get);
    }

    /** @param prefix of the names in {@code tensors} */
    Dcnv2Tensors(ModelConfig model, boolean training, Tensors tensors, String prefix) {
        this(model, training, name -> tensors.get(prefix + name));
    }

    private Dcnv2Tensors(ModelConfig model, boolean training, Function<String, Tensor> tensors) {
        this.model = model;
        this.training = training;
        this.tensors = tensors;
    }

    /** The rows of some samples in all tensors that have a row per sample. */
    Dcnv2Tensors slice(int first, int count) {
        return new Dcnv2Tensors(model, training, name -> get(name).rowRange(first, count));
    }

    /**
     * The plan of one pass.
     *
     * @param ids how many a batch is decoded to
     */
    static TensorPlan plan(ModelConfig model, Precision precision, int batch, int ids, boolean training) {
        DataType type = precision.computeType();
        TensorPlan plan = new TensorPlan(training ? "training activations" : "inference activations");
        planInputs(plan, model, type, batch, ids);
        planValues(plan, model, type, batch, training);
        if (training) {
            planGradients(plan, model, type, batch);
        }
        return plan;
    }

    /** What a batch is decoded to while a pass still works on the one before. */
    static TensorPlan planNextInputs(ModelConfig model, Precision precision, int batch, int ids) {
        TensorPlan plan = new TensorPlan("inputs of the next batch");
        planInputs(plan, model, precision.computeType(), batch, ids);
        return plan;
    }

    /**
     * The plan of a training pass whose slices have activations of their own: what slices read of the whole batch and what they leave of it.
     *
     * @param ids how many a batch is decoded to
     * @param hasVectors whether the vectors of the tables come to x0 before slices are worked on
     */
    static TensorPlan planAroundSlices(ModelConfig model, Precision precision, int batch, int ids, boolean hasVectors) {
        DataType type = precision.computeType();
        TensorPlan plan = new TensorPlan("training batch");
        planInputs(plan, model, type, batch, ids);
        if (hasVectors) {
            plan.add("x.0", type, batch, model.interactionWidth());
        }
        plan.add("logits", type, batch, 1);
        plan.add(model.crossLayers() == 0 ? "gradient.top.input" : "gradient.x.0", type, batch, model.interactionWidth());
        plan.add("loss", DataType.FLOAT32, 1, 1);
        return plan;
    }

    /** The plan of everything that the samples of one slice have in a training pass. */
    static TensorPlan planSlice(ModelConfig model, Precision precision, int rows) {
        DataType type = precision.computeType();
        TensorPlan plan = new TensorPlan("slice");
        planSampleInputs(plan, model, type, rows);
        planValues(plan, model, type, rows, true);
        planGradients(plan, model, type, rows);
        return plan;
    }

    private static void planInputs(TensorPlan plan, ModelConfig model, DataType type, int batch, int ids) {
        planSampleInputs(plan, model, type, batch);
        if (!model.tables().isEmpty()) {
            plan.add("ids", DataType.INT32, 1, ids);
        }
    }

    private static void planSampleInputs(TensorPlan plan, ModelConfig model, DataType type, int batch) {
        if (model.numericalFeatures() > 0) {
            plan.add("numerical", type, batch, model.bottomInputWidth());
        }
        plan.add("labels", DataType.FLOAT32, 1, batch);
    }

    private static void planValues(TensorPlan plan, ModelConfig model, DataType type, int batch, boolean training) {
        int width = model.interactionWidth();
        if (model.numericalFeatures() > 0) {
            planHidden(plan, "bottom", model.bottomMlp(), type, batch);
        }
        plan.add("x.0", type, batch, width);
        int layers = model.crossLayers();
        for (int layer = 0; layer < (training ? layers : Math.min(layers, 1)); layer++) {
            if (model.projection() > 0) {
                plan.add("u." + layer, type, batch, model.projection());
            }
            plan.add("h." + layer, type, batch, width);
            boolean written = layer < layers - 1 || !model.topInputIsSeparate();
            if (written) {
                plan.add("x." + (layer + 1), type, batch, width);
            }
        }
        if (model.topInputIsSeparate()) {
            plan.add("top.input", type, batch, model.topInputWidth());
        }
        planHidden(plan, "top", model.topMlp(), type, batch);
        plan.add("logits", type, batch, 1);
    }

    private static void planHidden(TensorPlan plan, String name, List<Integer> widths, DataType type, int batch) {
        for (int layer = 0; layer < widths.size() - 1; layer++) {
            plan.add(name + "." + layer, type, batch, widths.get(layer));
        }
    }

    private static void planGradients(TensorPlan plan, ModelConfig model, DataType type, int batch) {
        int width = model.interactionWidth();
        if (model.numericalFeatures() > 0) {
            planHidden(plan, "gradient.bottom", model.bottomMlp(), type, batch);
        }
        for (int layer = 0; layer < model.crossLayers(); layer++) {
            plan.add("gradient.x." + layer, type, batch, width);
        }
        if (model.crossLayers() > 0) {
            plan.add("gradient.h", type, batch, width);
            if (model.projection() > 0) {
                plan.add("gradient.u", type, batch, model.projection());
            }
        }
        plan.add("gradient.top.input", type, batch, model.topInputWidth());
        planHidden(plan, "gradient.top", model.topMlp(), type, batch);
        plan.add("gradient.logits", type, batch, 1);
        plan.add("loss", DataType.FLOAT32, 1, 1);
    }

    Tensor get(String name) {
        return tensors.apply(name);
    }

    /** x_l, (batch, interaction width). The last one lies in the top MLP's input where that is a tensor of its own. */
    private Tensor x(int layer) {
        if (layer == 0) {
            return get("x.0");
        }
        if (layer == model.crossLayers() && model.topInputIsSeparate()) {
            return get("top.input").columnRange(0, model.interactionWidth());
        }
        return get("x." + slot(layer, 1));
    }

    private int slot(int layer, int first) {
        return training ? layer : first;
    }

    /** What the top MLP reads, (batch, top input width). */
    Tensor topInput() {
        return model.topInputIsSeparate() ? get("top.input") : x(model.crossLayers());
    }

    /** The part of the top MLP's input that repeats the bottom MLP's output, or null. */
    Tensor repeatedBottom(Tensor topInput) {
        return model.readsBottomAgain() ? topInput.columnRange(model.interactionWidth(), model.bottomWidth()) : null;
    }

    /** dL/dx0 over all paths, (batch, interaction width). */
    Tensor x0Gradient() {
        return xGradient(0);
    }

    private Tensor xGradient(int layer) {
        return layer == model.crossLayers() ? get("gradient.top.input").columnRange(0, model.interactionWidth()) : get("gradient.x." + layer);
    }

    /** The tensors of the cross network. */
    CrossTensors cross() {
        List<Tensor> x = new ArrayList<>(List.of(x(0)));
        List<Tensor> h = new ArrayList<>();
        List<Tensor> u = new ArrayList<>();
        List<Tensor> gradients = new ArrayList<>();
        boolean lowRank = model.projection() > 0;
        for (int layer = 0; layer < model.crossLayers(); layer++) {
            x.add(x(layer + 1));
            h.add(get("h." + slot(layer, 0)));
            if (lowRank) {
                u.add(get("u." + slot(layer, 0)));
            }
        }
        for (int layer = 0; training && layer <= model.crossLayers(); layer++) {
            gradients.add(xGradient(layer));
        }
        boolean backward = training && model.crossLayers() > 0;
        return new CrossTensors(x, h, u, gradients, backward ? get("gradient.h") : null, backward && lowRank ? get("gradient.u") : null);
    }

    /** Input and outputs of the bottom MLP; the last output is the first columns of x0. */
    List<Tensor> bottomValues() {
        List<Tensor> values = hidden("bottom", model.bottomMlp());
        values.addFirst(get("numerical"));
        values.add(get("x.0").columnRange(0, model.bottomWidth()));
        return values;
    }

    /** dL/d of {@link #bottomValues}; nothing upstream of the numerical features learns. */
    List<Tensor> bottomGradients() {
        List<Tensor> gradients = hidden("gradient.bottom", model.bottomMlp());
        gradients.add(x0Gradient().columnRange(0, model.bottomWidth()));
        List<Tensor> all = new ArrayList<>(Collections.singletonList(null));
        all.addAll(gradients);
        return all;
    }

    /** Input and outputs of the top MLP's hidden layers; the last of them is what the output layer reads. */
    List<Tensor> topValues() {
        List<Tensor> values = hidden("top", model.topMlp());
        values.addFirst(topInput());
        return values;
    }

    /** dL/d of {@link #topValues}. */
    List<Tensor> topGradients() {
        List<Tensor> gradients = hidden("gradient.top", model.topMlp());
        gradients.addFirst(get("gradient.top.input"));
        return gradients;
    }

    private List<Tensor> hidden(String name, List<Integer> widths) {
        List<Tensor> values = new ArrayList<>();
        for (int layer = 0; layer < widths.size() - 1; layer++) {
            values.add(get(name + "." + layer));
        }
        return values;
    }
}
