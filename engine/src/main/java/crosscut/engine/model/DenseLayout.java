package crosscut.engine.model;

import crosscut.engine.config.ModelConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Names, shapes and places of all dense parameters in one flat memory. Weights are (in, out), biases (1, out). Between parameters lie zeros, which stay zero
 * under any optimizer because their gradients are zero.
 */
public final class DenseLayout {

    /** Elements: a parameter starts at a cache line in fp32 and in the 2-byte compute copy alike. */
    private static final int ALIGNMENT = 32;

    private final Map<String, Parameter> parameters = new LinkedHashMap<>();
    private final List<Part> parts = new ArrayList<>();
    private long elements;

    /**
     * One dense parameter.
     *
     * @param name as checkpoints name it
     * @param rows inputs, 1 for a bias
     * @param columns outputs
     * @param elementOffset place of element (0, 0) in the flat memory
     * @param initializer how it starts
     */
    public record Parameter(String name, int rows, int columns, long elementOffset, Initializer initializer) {

        public long elements() {
            return (long) rows * columns;
        }
    }

    /**
     * Neighbouring parameters whose gradients the way back completes together: an MLP, a cross layer.
     *
     * @param name prefix of their names
     * @param elementOffset place of the first one in the flat memory
     * @param elements of the flat memory
     */
    public record Part(String name, long elementOffset, long elements) {}

    /** The parameters of a model: bottom MLP, cross layers, top MLP. */
    public DenseLayout(ModelConfig model) {
        if (model.numericalFeatures() > 0) {
            addMlp("bottom", model.bottomInputWidth(), model.bottomMlp());
        }
        for (int layer = 0; layer < model.crossLayers(); layer++) {
            addCrossLayer("cross." + layer, model.interactionWidth(), model.projection());
        }
        addMlp("top", model.topInputWidth(), model.topMlp());
    }

    private void addMlp(String name, int inputWidth, List<Integer> widths) {
        long first = elements;
        int in = inputWidth;
        for (int layer = 0; layer < widths.size(); layer++) {
            int out = widths.get(layer);
            add(name + "." + layer + ".weight", in, out, new Initializer.GlorotNormal(in, out));
            add(name + "." + layer + ".bias", 1, out, new Initializer.Normal(Math.sqrt(1.0 / out)));
            in = out;
        }
        parts.add(new Part(name, first, elements - first));
    }

    private void addCrossLayer(String name, int width, int projection) {
        long first = elements;
        Initializer initializer = new Initializer.TruncatedNormal(CrossNetwork.INITIAL_DEVIATION);
        if (projection == 0) {
            add(name + ".weight", width, width, initializer);
        } else {
            add(name + ".U", width, projection, initializer);
            add(name + ".V", projection, width, initializer);
        }
        add(name + ".bias", 1, width, new Initializer.Zeros());
        parts.add(new Part(name, first, elements - first));
    }

    private void add(String name, int rows, int columns, Initializer initializer) {
        Parameter parameter = new Parameter(name, rows, columns, elements, initializer);
        parameters.put(name, parameter);
        elements += (parameter.elements() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** In the order of the data flow. */
    public List<Parameter> parameters() {
        return new ArrayList<>(parameters.values());
    }

    /** In the order of the data flow; together all of the flat memory. */
    public List<Part> parts() {
        return List.copyOf(parts);
    }

    /** The parameter of that name. */
    public Parameter parameter(String name) {
        Parameter parameter = parameters.get(name);
        if (parameter == null) {
            throw new IllegalArgumentException("no dense parameter named " + name);
        }
        return parameter;
    }

    /** Elements of the flat memory. */
    public long elements() {
        return elements;
    }
}
