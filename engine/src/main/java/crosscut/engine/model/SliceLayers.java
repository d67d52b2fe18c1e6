package crosscut.engine.model;

import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import java.util.HashMap;
import java.util.Map;

/** All layers of a training pass for one slice of its samples at a time: activations and gradients that slice after slice finds in a near cache. */
final class SliceLayers implements AutoCloseable {

    private static final String GRADIENTS = "gradients";

    private final PassContext pass;
    private final TrainingSlices.Learning learning;
    private final Dcnv2Tensors tensors;
    private final Tensor gradients;
    private final SideWork side;
    private final Map<Integer, DenseLayers> layersByRows = new HashMap<>();

    /**
     * Binds nothing yet.
     *
     * @param memory where {@link #plan} lies
     * @param prefix of the names in {@code memory}
     */
    SliceLayers(PassContext pass, TrainingSlices.Learning learning, TensorPlan.Tensors memory, String prefix) {
        this.pass = pass;
        this.learning = learning;
        this.tensors = new Dcnv2Tensors(pass.model(), true, memory, prefix);
        this.gradients = memory.get(prefix + GRADIENTS);
        this.side = new SideWork(pass.device(), null);
    }

    /** @param rows samples of the largest slice */
    static TensorPlan plan(PassContext pass, int rows) {
        return Dcnv2Tensors.planSlice(pass.model(), pass.precision(), rows).add(GRADIENTS, DataType.FLOAT32, 1, gradientColumns(pass));
    }

    /** Columns of {@link #gradients}. */
    static int gradientColumns(PassContext pass) {
        return Math.toIntExact(pass.parameters().layout().elements()) + 1;
    }

    /** Everything that a slice of so many samples has. */
    Dcnv2Tensors tensors(int rows) {
        return tensors.slice(0, rows);
    }

    /** Labels of a slice, (1, rows) FLOAT32. */
    Tensor labels(int rows) {
        return tensors.get("labels").columnRange(0, rows);
    }

    /** What {@link #learn} leaves: gradients as {@link DenseParameters#flatGradients} has them, then the slice's share of the loss; (1, n + 1) FLOAT32. */
    Tensor gradients() {
        return gradients;
    }

    /** The layers bound to a slice of so many samples. */
    DenseLayers layers(int rows) {
        return layersByRows.computeIfAbsent(rows, this::bind);
    }

    private DenseLayers bind(int rows) {
        int elements = gradients.columns() - 1;
        return new DenseLayers(pass.device(), pass.model(), pass.parameters().withGradients(gradients.columnRange(0, elements)), tensors(rows),
                new DenseLayers.Learning(labels(rows), learning.globalBatch(), learning.lossScale(), gradients.columnRange(elements, 1), side), null);
    }

    /** From inputs and vectors of a slice to its logits. */
    void score(DenseLayers layers, Stream stream) {
        layers.forwardBottom(stream);
        layers.forwardInteraction(stream);
        layers.forwardOutput(stream);
    }

    /** From inputs and vectors of a slice to its logits, the gradient of its x0, and {@link #gradients}. */
    void learn(DenseLayers layers, Stream stream) {
        layers.forwardBottom(stream);
        layers.forwardInteraction(stream);
        layers.learnOutput(stream);
        layers.backwardInteraction(stream);
        layers.backwardBottom(stream);
        side.join(stream);
    }

    @Override
    public void close() {
        side.close();
    }
}
