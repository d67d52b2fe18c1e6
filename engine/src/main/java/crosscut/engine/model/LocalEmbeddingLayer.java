package crosscut.engine.model;

import crosscut.kernels.device.Device;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.embedding.EmbeddingOperations;
import crosscut.kernels.embedding.EmbeddingOperations.IdGroups;
import crosscut.kernels.embedding.TableSet;
import crosscut.kernels.optimizer.UpdateRule;
import java.util.ArrayList;
import java.util.List;

/** All tables are here: the gather writes straight into x0, the update reads straight from its gradient. */
final class LocalEmbeddingLayer implements EmbeddingLayer {

    private static final Operation NOTHING = _ -> {};

    private final Operation gather;
    private final List<IdGroups> idGroups;
    private final Operation groupIds;
    private final Operation update;

    /** Where the gather reads ids and writes vectors, for one set of tables after the other. */
    record Lookup(List<TableSet> tables, Tensor ids, Tensor vectors) {}

    /** A layer that only looks up. */
    static LocalEmbeddingLayer forInference(Device device, Lookup lookup) {
        return new LocalEmbeddingLayer(gather(device, lookup), List.of(), NOTHING, NOTHING);
    }

    /**
     * A layer that learns.
     *
     * @param learned the tables and the ids that the update works on; its vectors are the gradients
     */
    static LocalEmbeddingLayer forTraining(Device device, Lookup lookup, Lookup learned, UpdateRule rule, Tensor stepValues) {
        EmbeddingOperations operations = device.embedding();
        int samples = Math.toIntExact(learned.vectors().rows());
        List<IdGroups> idGroups = new ArrayList<>();
        List<Operation> sorts = new ArrayList<>();
        List<Operation> updates = new ArrayList<>();
        for (TableSet tables : learned.tables()) {
            IdGroups groups = operations.createIdGroups(tables, samples);
            idGroups.add(groups);
            sorts.add(operations.groupIds(learned.ids(), groups));
            updates.add(operations.update(groups, learned.vectors(), tables, rule, stepValues));
        }
        return new LocalEmbeddingLayer(gather(device, lookup), idGroups, device.named("id groups", new OperationSequence(sorts)),
                device.named("embedding update", new OperationSequence(updates)));
    }

    private static Operation gather(Device device, Lookup lookup) {
        List<Operation> gathers = lookup.tables().stream().map(tables -> device.embedding().gather(tables, lookup.ids(), lookup.vectors())).toList();
        return device.named("gather", new OperationSequence(gathers));
    }

    private LocalEmbeddingLayer(Operation gather, List<IdGroups> idGroups, Operation groupIds, Operation update) {
        this.gather = gather;
        this.idGroups = idGroups;
        this.groupIds = groupIds;
        this.update = update;
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
    }
}
