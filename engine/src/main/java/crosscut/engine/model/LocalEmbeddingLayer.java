package crosscut.engine.model;

import crosscut.kernels.device.Device;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.embedding.EmbeddingOperations;
import crosscut.kernels.embedding.EmbeddingOperations.IdGroups;
import crosscut.kernels.embedding.RowStage;
import crosscut.kernels.embedding.TableSet;
import crosscut.kernels.optimizer.UpdateRule;
import java.util.ArrayList;
import java.util.List;

/**
 * All tables are here: the gather writes straight into x0, the update reads straight from its gradient.
 *
 * <p>A GPU keeps nothing of what it reads in host memory. Of tables that are there a training gathers copies, made of each distinct row once; to know them it
 * groups their ids before it looks up, all others' beside the step.
 */
final class LocalEmbeddingLayer implements EmbeddingLayer {

    private static final Operation NOTHING = _ -> {};

    private final Operation gather;
    private final List<IdGroups> idGroups = new ArrayList<>();
    private final List<RowStage> stages = new ArrayList<>();
    private final Operation groupIds;
    private final Operation update;

    /** Where the gather reads ids and writes vectors, for one set of tables after the other. */
    record Lookup(List<TableSet> tables, Tensor ids, Tensor vectors) {}

    /** A layer that only looks up. */
    static LocalEmbeddingLayer forInference(Device device, Lookup lookup) {
        return new LocalEmbeddingLayer(device, lookup.tables().stream().map(tables -> gather(device, lookup, tables)).toList());
    }

    /**
     * A layer that learns.
     *
     * @param learned the tables and the ids that the update works on, in the same sets; its vectors are the gradients. Tables in host memory are looked up by
     *     these ids too, so there both have to be the same samples
     */
    static LocalEmbeddingLayer forTraining(Device device, Lookup lookup, Lookup learned, UpdateRule rule, Tensor stepValues) {
        return new LocalEmbeddingLayer(device, lookup, learned, rule, stepValues);
    }

    private static Operation gather(Device device, Lookup lookup, TableSet tables) {
        return device.embedding().gather(tables, lookup.ids(), lookup.vectors());
    }

    private LocalEmbeddingLayer(Device device, List<Operation> gathers) {
        this.gather = device.named("gather", new OperationSequence(gathers));
        this.groupIds = NOTHING;
        this.update = NOTHING;
    }

    private LocalEmbeddingLayer(Device device, Lookup lookup, Lookup learned, UpdateRule rule, Tensor stepValues) {
        EmbeddingOperations operations = device.embedding();
        int samples = Math.toIntExact(learned.vectors().rows());
        List<Operation> gathers = new ArrayList<>();
        List<Operation> sorts = new ArrayList<>();
        List<Operation> updates = new ArrayList<>();
        for (int set = 0; set < learned.tables().size(); set++) {
            TableSet tables = learned.tables().get(set);
            IdGroups groups = operations.createIdGroups(tables, samples);
            idGroups.add(groups);
            Operation sort = operations.groupIds(learned.ids(), groups);
            if (tables.weights().isOnHost()) {
                RowStage stage = RowStage.allocate(device, tables, samples);
                stages.add(stage);
                gathers.addAll(List.of(device.named("id groups", sort), operations.stageRows(groups, tables, stage),
                        operations.gather(stage.tables(), stage.places(), lookup.vectors())));
            } else {
                gathers.add(gather(device, lookup, lookup.tables().get(set)));
                sorts.add(sort);
            }
            updates.add(operations.update(groups, learned.vectors(), tables, rule, stepValues));
        }
        this.gather = device.named("gather", new OperationSequence(gathers));
        this.groupIds = device.named("id groups", new OperationSequence(sorts));
        this.update = device.named("embedding update", new OperationSequence(updates));
    }

    @Override
    public void distributeIds(Stream stream) {
        // They are where they are needed.
    }

    @Override
    public void lookUp(Stream stream) {
        gather.launch(stream);
    }

    @Override
    public void completeVectors(Stream stream) {
        // The gather has written them.
    }

    @Override
    public void groupIds(Stream stream) {
        groupIds.launch(stream);
    }

    @Override
    public void sendGradients(Stream stream) {
        // They are where they are needed.
    }

    @Override
    public void awaitGradients(Stream stream) {
        // They are where they are needed.
    }

    @Override
    public void update(Stream stream) {
        update.launch(stream);
    }

    @Override
    public void close() {
        idGroups.forEach(IdGroups::close);
        stages.forEach(RowStage::close);
    }
}
