package crosscut.engine.model;

import crosscut.kernels.cross.CrossOperations;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.SampleSlices;
import crosscut.kernels.device.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The slices of a group, one after the other through one {@link SliceLayers}.
 *
 * <pre>
 * numerical, labels, rows of the tables of some samples -> all layers forward, loss, all layers backward -> logits, gradient of x0 of these samples
 *                                                                                                        -> sum of dense gradients and loss
 * </pre>
 */
final class SliceGroup {

    private final PassContext pass;
    private final SliceLayers layers;
    private final SampleSlices cut;
    private final Tensor sum;
    private final List<Operation> learned = new ArrayList<>();
    private final List<Operation> scored = new ArrayList<>();

    /**
     * Binds the group.
     *
     * @param group which one of the cut
     * @param sum of the gradients of all slices, like {@link SliceLayers#gradients}
     */
    SliceGroup(PassContext pass, SliceLayers layers, SampleSlices cut, int group, Tensor sum) {
        this.pass = pass;
        this.layers = layers;
        this.cut = cut;
        this.sum = sum;
        for (int slice = 0; slice < cut.slicesPerGroup(); slice++) {
            bind(group * cut.slicesPerGroup() + slice, slice == 0);
        }
    }

    private void bind(int slice, boolean isFirst) {
        int first = cut.first(slice);
        int rows = cut.rows(slice);
        CrossOperations copies = pass.device().cross();
        Dcnv2Tensors part = layers.tensors(rows);
        DenseLayers bound = layers.layers(rows);
        List<Operation> inputs = bindInputs(part, first, rows);
        Operation logits = copies.copy(part.get("logits"), pass.tensors().get("logits").rowRange(first, rows));
        learned.addAll(inputs);
        learned.add(copies.copy(pass.inputs().labels().taken().columnRange(first, rows), layers.labels(rows)));
        learned.add(stream -> layers.learn(bound, stream));
        learned.add(logits);
        learned.add(copies.copy(part.x0Gradient(), pass.tensors().x0Gradient().rowRange(first, rows)));
        learned.add(isFirst ? copies.copy(layers.gradients(), sum) : copies.sum(List.of(sum, layers.gradients()), sum));
        scored.addAll(inputs);
        scored.add(stream -> layers.score(bound, stream));
        scored.add(logits);
    }

    /** What brings samples to where the layers read them. */
    private List<Operation> bindInputs(Dcnv2Tensors part, int first, int rows) {
        CrossOperations copies = pass.device().cross();
        List<Operation> inputs = new ArrayList<>();
        if (pass.inputs().numerical() != null) {
            inputs.add(copies.copy(pass.inputs().numerical().taken().rowRange(first, rows), part.get("numerical")));
        }
        if (pass.model().tables().isEmpty()) {
            return inputs;
        }
        if (pass.hasAllTables()) {
            inputs.add(pass.lookup(first, part)::lookUpDecoded);
        } else {
            int bottom = pass.model().bottomWidth();
            int width = pass.model().interactionWidth() - bottom;
            inputs.add(copies.copy(pass.tensors().get("x.0").rowRange(first, rows).columnRange(bottom, width), part.get("x.0").columnRange(bottom, width)));
        }
        return inputs;
    }

    /** From the batch to its logits, the gradient of x0, and the sum of gradients. */
    Operation learn() {
        return new OperationSequence(learned);
    }

    /** From the batch to its logits. */
    Operation score() {
        return new OperationSequence(scored);
    }
}
