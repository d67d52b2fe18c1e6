package crosscut.engine.model;

import crosscut.kernels.device.Device;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.OwnedResources;
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
 * <p>A GPU keeps nothing of what it reads in host memory. Of tables that are there a training gathers copies, made of each distinct row once.
 */
final class LocalEmbeddingLayer implements EmbeddingLayer {

    private static final Operation NO_STEP = _ -> {
        throw new IllegalStateException("a pass for inference was to do a part of a training step");
    };
    private static final String GATHER = "gather";

    private final Operation gather;
    private final Operation gatherPrepared;
    private final StagedTensor ids;
    private final OwnedResources resources = new OwnedResources();
    private final List<IdGroups> idGroups = new ArrayList<>();
    private final Operation groupIds;
    private final Operation update;

    /** Where the gather reads ids and writes vectors, for one set of tables after the other. */
    record Lookup(List<TableSet> tables, StagedTensor ids, Tensor vectors) {}

    /** A layer that only looks up. */
    static LocalEmbeddingLayer forInference(Device device, Lookup lookup) {
        return new LocalEmbeddingLayer(device, lookup);
    }

    /**
     * A layer that learns.
     *
     * @param learned the tables and the ids that are grouped for the update, in the same sets; its vectors are the gradients. Tables in host memory are looked
     *     up by these ids too, so there both have to be the same samples
     */
    static LocalEmbeddingLayer forTraining(Device device, Lookup lookup, Lookup learned, UpdateRule rule, Tensor stepValues) {
        return new LocalEmbeddingLayer(device, lookup, learned, rule, stepValues);
    }

    private static Operation gather(Device device, Lookup lookup, TableSet tables) {
        return device.embedding().gather(tables, lookup.ids().taken(), lookup.vectors());
    }

    private static Operation named(Device device, String name, List<Operation> operations) {
        return device.named(name, new OperationSequence(operations));
    }

    /** A layer that learns from gradients of rows that slices of the pass look up; told to look up, it does nothing. */
    static LocalEmbeddingLayer forUpdates(Device device, Lookup learned, UpdateRule rule, Tensor stepValues) {
        return new LocalEmbeddingLayer(device, null, learned, rule, stepValues);
    }

    private LocalEmbeddingLayer(Device device, Lookup lookup) {
        this.gather = named(device, GATHER, lookup.tables().stream().map(tables -> gather(device, lookup, tables)).toList());
        this.gatherPrepared = NO_STEP;
        this.ids = lookup.ids();
        this.groupIds = NO_STEP;
        this.update = NO_STEP;
    }

    private LocalEmbeddingLayer(Device device, Lookup lookup, Lookup learned, UpdateRule rule, Tensor stepValues) {
        EmbeddingOperations operations = device.embedding();
        int samples = Math.toIntExact(learned.vectors().rows());
        List<Operation> gathers = new ArrayList<>();
        List<Operation> preparedGathers = new ArrayList<>();
        List<Operation> sorts = new ArrayList<>();
        List<Operation> updates = new ArrayList<>();
        try {
            for (int set = 0; set < learned.tables().size(); set++) {
                TableSet tables = learned.tables().get(set);
                IdGroups groups = resources.keep(
                        device.overlapsStreams() ? operations.createDoubleBufferedIdGroups(tables, samples) : operations.createIdGroups(tables, samples));
                idGroups.add(groups);
                sorts.add(operations.groupIds(learned.ids().prepared(), groups));
                updates.add(operations.update(groups, learned.vectors(), tables, rule, stepValues));
                if (lookup == null) {
                    continue;
                }
                gathers.add(gather(device, lookup, lookup.tables().get(set)));
                if (tables.weights().isOnHost()) {
                    RowStage stage = resources.keep(RowStage.allocate(device, tables, samples));
                    preparedGathers.add(operations.stageRows(groups, tables, stage));
                    preparedGathers.add(operations.gather(stage.tables(), stage.places(), lookup.vectors()));
                } else {
                    preparedGathers.add(gathers.getLast());
                }
            }
        } catch (RuntimeException | Error failure) {
            resources.closeAfter(failure);
            throw failure;
        }
        this.gather = named(device, GATHER, gathers);
        this.gatherPrepared = named(device, GATHER, preparedGathers);
        this.ids = (lookup == null ? learned : lookup).ids();
        this.groupIds = named(device, "id groups", sorts);
        this.update = named(device, "embedding update", updates);
    }

    @Override
    public void prepareIds(Stream stream) {
        groupIds.launch(stream);
    }

    @Override
    public List<StagedTensor> staged() {
        List<StagedTensor> staged = new ArrayList<>(List.of(ids));
        idGroups.forEach(groups -> staged.add(new StagedTensor(groups.grouped(), groups.current())));
        return staged;
    }

    @Override
    public void lookUpPrepared(Stream stream) {
        gatherPrepared.launch(stream);
    }

    @Override
    public void lookUpDecoded(Stream stream) {
        gather.launch(stream);
    }

    @Override
    public void completeVectors(Stream stream) {
        // The gather has written them.
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
        resources.close();
    }
}
