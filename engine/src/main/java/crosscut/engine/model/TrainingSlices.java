package crosscut.engine.model;

import crosscut.kernels.cross.CrossOperations;
import crosscut.kernels.device.DataType;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.OwnedResources;
import crosscut.kernels.device.SampleSlices;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A training pass cut into slices of its samples. A slice goes forward and backward through all layers before its activations have left the near caches, and a
 * {@linkplain SliceGroup group} of slices is one thread's work: threads wait for each other once in a pass. Every thread has activations of its own, every
 * group a sum of gradients; these are added in the order of the batch, so that the result does not depend on the number of threads.
 */
final class TrainingSlices extends SlicedPass {

    private final OwnedResources resources = new OwnedResources();
    private final boolean looksUp;
    private final Operation learn;
    private final Operation score;

    /**
     * What training adds.
     *
     * @param globalBatch samples of all ranks, over which the loss is the mean
     * @param lossScale as in {@link DenseLayers.Learning}
     * @param loss (1, 1) FLOAT32, this rank's share of the loss
     * @param side comes behind the gradients
     */
    record Learning(long globalBatch, Tensor lossScale, Tensor loss, SideWork side) {}

    /** Binds the pass. */
    TrainingSlices(PassContext pass, SampleSlices cut, Learning learning) {
        looksUp = pass.hasAllTables();
        int slotCount = pass.device().independentSlots();
        try {
            TensorPlan.Tensors memory = resources.keep(plan(pass, cut, slotCount).allocate(pass.device()));
            List<SliceLayers> slots = IntStream.range(0, slotCount)
                    .mapToObj(slot -> resources.keep(new SliceLayers(pass, learning, memory, slotPrefix(slot)))).toList();
            List<Tensor> sums = IntStream.range(0, cut.groups()).mapToObj(group -> memory.get(sumName(group))).toList();
            List<List<SliceGroup>> groups = slots.stream()
                    .map(slot -> IntStream.range(0, cut.groups()).mapToObj(group -> new SliceGroup(pass, slot, cut, group, sums.get(group))).toList()).toList();
            learn = new OperationSequence(List.of(independent(pass, groups, SliceGroup::learn), bindSums(pass, sums, learning)));
            score = independent(pass, groups, SliceGroup::score);
        } catch (RuntimeException | Error failure) {
            resources.closeAfter(failure);
            throw failure;
        }
    }

    private static Operation independent(PassContext pass, List<List<SliceGroup>> groups, Function<SliceGroup, Operation> work) {
        return pass.device().independentBySlot(groups.stream().map(ofSlot -> ofSlot.stream().map(work).toList()).toList());
    }

    private static String slotPrefix(int slot) {
        return "slot " + slot + " ";
    }

    private static String sumName(int group) {
        return "gradient sum " + group;
    }

    private static TensorPlan plan(PassContext pass, SampleSlices cut, int slots) {
        TensorPlan layers = SliceLayers.plan(pass, cut.mostRows());
        TensorPlan plan = new TensorPlan("training slices");
        for (int slot = 0; slot < slots; slot++) {
            plan.addAll(slotPrefix(slot), layers);
        }
        for (int group = 0; group < cut.groups(); group++) {
            plan.add(sumName(group), DataType.FLOAT32, 1, SliceLayers.gradientColumns(pass));
        }
        return plan;
    }

    private static Operation bindSums(PassContext pass, List<Tensor> sums, Learning learning) {
        CrossOperations operations = pass.device().cross();
        Tensor gradients = pass.parameters().flatGradients();
        int elements = gradients.columns();
        List<Operation> bound = new ArrayList<>();
        bound.add(operations.sum(sums.stream().map(sum -> sum.columnRange(0, elements)).toList(), gradients));
        bound.add(operations.sum(sums.stream().map(sum -> sum.columnRange(elements, 1)).toList(), learning.loss()));
        bound.add(learning.side().afterMain());
        pass.parameters().layout().parts().forEach(part -> bound.add(learning.side().afterPart(part.name())));
        return new OperationSequence(bound);
    }

    @Override
    public boolean looksUp() {
        return looksUp;
    }

    @Override
    public void forwardOutput(Stream stream) {
        score.launch(stream);
    }

    @Override
    public void learnOutput(Stream stream) {
        learn.launch(stream);
    }

    @Override
    public void backwardInteraction(Stream stream) {
        // Slice by slice, with all layers.
    }

    @Override
    public void backwardBottom(Stream stream) {
        // Slice by slice, with all layers.
    }

    @Override
    public void close() {
        resources.close();
    }
}
