package crosscut.engine.model;

import crosscut.kernels.device.Device;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.embedding.EmbeddingOperations.IdGroups;
import crosscut.kernels.embedding.TableSet;
import crosscut.kernels.optimizer.UpdateRule;

/** All tables are here: the gather writes straight into x0, the update reads straight from its gradient. */
final class LocalEmbeddingLayer implements EmbeddingLayer {

    private static final Operation NOTHING = _ -> {};

    private final Operation gather;
    private final IdGroups idGroups;
    private final Operation groupIds;
    private final Operation update;

    /** Where the gather reads ids and writes vectors. */
    record Lookup(TableSet tables, Tensor ids, Tensor vectors) {}

    /** A layer that only looks up. */
    static LocalEmbeddingLayer forInference(Device device, Lookup lookup) {
        return new LocalEmbeddingLayer(gather(device, lookup), null, NOTHING, NOTHING);
    }

    /**
     * A layer that learns.
     *
     * @param learned the tables and the ids that the update works on; its vectors are the gradients
     */
    static LocalEmbeddingLayer forTraining(Device device, Lookup lookup, Lookup learned, UpdateRule rule, Tensor stepValues) {
        IdGroups idGroups = device.embedding().createIdGroups(learned.tables(), Math.toIntExact(learned.vectors().rows()));
        return new LocalEmbeddingLayer(gather(device, lookup), idGroups,
                device.named("id groups", device.embedding().groupIds(learned.ids(), idGroups)),
                device.named("embedding update", device.embedding().update(idGroups, learned.vectors(), learned.tables(), rule, stepValues)));
    }

    private static Operation gather(Device device, Lookup lookup) {
        return device.named("gather", device.embedding().gather(lookup.tables(), lookup.ids(), lookup.vectors()));
    }

    private LocalEmbeddingLayer(Operation gather, IdGroups idGroups, Operation groupIds, Operation update) {
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
        if (idGroups != null) {
            idGroups.close();
        }
    }
}
