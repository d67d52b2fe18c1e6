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

    /** A layer that only looks up. */
    static LocalEmbeddingLayer forInference(Device device, TableSet tables, Tensor ids, Tensor x0) {
        return new LocalEmbeddingLayer(device.named("gather", device.embedding().gather(tables, ids, x0)), null, NOTHING, NOTHING);
    }

    /**
     * A layer that learns.
     *
     * @param x0Gradient dL/dx0, (batch, interaction width)
     */
    static LocalEmbeddingLayer forTraining(
            Device device, TableSet tables, Tensor ids, Tensor x0, Tensor x0Gradient, UpdateRule rule, Tensor stepValues) {
        IdGroups idGroups = device.embedding().createIdGroups(tables, Math.toIntExact(x0.rows()));
        return new LocalEmbeddingLayer(device.named("gather", device.embedding().gather(tables, ids, x0)), idGroups,
                device.named("id groups", device.embedding().groupIds(ids, idGroups)),
                device.named("embedding update", device.embedding().update(idGroups, x0Gradient, tables, rule, stepValues)));
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
    public void forward(Stream stream) {
        gather.launch(stream);
    }

    @Override
    public void groupIds(Stream stream) {
        groupIds.launch(stream);
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
