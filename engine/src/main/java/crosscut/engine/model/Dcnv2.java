package crosscut.engine.model;

import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.Precision;
import crosscut.kernels.batch.BatchOperations;
import crosscut.kernels.batch.Decoder;
import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.collective.Collectives;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OwnedResources;
import crosscut.kernels.device.SampleSlices;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.embedding.TableSet;
import crosscut.kernels.gemm.FixedWeights;
import crosscut.kernels.optimizer.LossScale;
import crosscut.kernels.optimizer.UpdateRule;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * One pass of DCNv2 for one batch size: the tensors, and every op bound to them. Several passes (training, evaluation) share parameters and tables.
 *
 * <pre>
 * numerical -> bottom MLP -\
 *                           x0 -> cross layers -> x_L [, bottom output] -> top MLP -> logit -> loss
 * ids -> embedding tables -/
 * </pre>
 */
public final class Dcnv2 implements AutoCloseable {

    private static final Operation NOTHING = _ -> {};

    private final OwnedResources resources = new OwnedResources();
    private final Device device;
    private final int batchSize;
    private final Dcnv2Tensors tensors;
    private final EmbeddingLayer embeddings;
    private final DensePass layers;
    private final FixedWeights fixed;
    private final SideWork side;
    private final Exchanges exchanges;
    private final BatchInputs inputs;
    private final Operation take;

    private Dcnv2(
            Device device, ModelConfig model, Precision precision, DenseParameters parameters, EmbeddingTables tables, int batchSize, Training training) {
        this.device = device;
        this.batchSize = batchSize;
        IdLayout idLayout = new IdLayout(model, tables.input(), batchSize);
        boolean isSingle = tables.world().isSingle();
        TensorPlan whole = Dcnv2Tensors.plan(model, precision, batchSize, idLayout.count(), training != null);
        long weightBytes = parameters.layout().elements() * parameters.computeType().byteSize();
        SampleSlices cut = training != null ? device.trainingSlices(batchSize, weightBytes, whole.byteSize())
                : isSingle ? device.scoringSlices(batchSize, weightBytes) : SampleSlices.whole(batchSize);
        TensorPlan plan = training == null || cut.isWhole() ? whole
                : Dcnv2Tensors.planAroundSlices(model, precision, batchSize, idLayout.count(), !isSingle);
        try {
            this.tensors = new Dcnv2Tensors(model, training != null, resources.keep(plan.allocate(device)));
            this.inputs = resources.keep(new BatchInputs(device, precision, idLayout, tensors, training != null && device.overlapsStreams()));
            this.exchanges = isSingle ? null : resources.keep(new Exchanges(device, tables.world().collectives()));
            this.fixed = training == null ? resources.keep(new FixedWeights(device::allocate)) : null;
            this.side = training == null ? null : resources.keep(
                    new SideWork(device, exchanges == null ? null : new DenseGradientSum(parameters, tables.world().collectives(), exchanges)));
            PassContext pass = new PassContext(device, model, precision, parameters, tables, idLayout, inputs, tensors);
            this.layers = resources.keep(bindLayers(pass, cut, training));
            boolean hasEmbeddings = !model.tables().isEmpty() && (training != null || !layers.looksUp());
            this.embeddings = hasEmbeddings ? resources.keep(bindEmbeddings(pass, training)) : null;
            this.take = bindTake();
        } catch (RuntimeException | Error failure) {
            resources.closeAfter(failure);
            throw failure;
        }
    }

    private DensePass bindLayers(PassContext pass, SampleSlices cut, Training training) {
        if (!cut.isWhole()) {
            return training == null ? new ScoringSlices(pass, cut, fixed)
                    : new TrainingSlices(pass, cut, new TrainingSlices.Learning(training.globalBatch(), training.lossScale(), loss(), side));
        }
        DenseLayers.Learning learning = training == null ? null
                : new DenseLayers.Learning(labels(), training.globalBatch(), training.lossScale(), loss(), side);
        return new DenseLayers(device, pass.model(), pass.parameters(), tensors, learning, fixed);
    }

    /**
     * What training adds to a pass.
     *
     * @param rule the optimizer
     * @param stepValues (1, {@link UpdateRule#STEP_VALUES}) FLOAT32
     * @param lossScale (1, {@link LossScale#STATE_VALUES}) FLOAT32: the factor on the gradient of the loss, and the mark that the gradient of x0 overflowed;
     *     null for a factor of 1 and no mark
     */
    public record Learning(UpdateRule rule, Tensor stepValues, Tensor lossScale) {}

    private record Training(UpdateRule rule, Tensor stepValues, Tensor lossScale, long globalBatch) {}

    /** A pass that can go forward and backward. */
    public static Dcnv2 forTraining(
            Device device, ModelConfig model, Precision precision, DenseParameters parameters, EmbeddingTables tables, int batchSize,
            Learning learning) {
        return new Dcnv2(device, model, precision, parameters, tables, batchSize,
                new Training(learning.rule(), learning.stepValues(), learning.lossScale(), (long) batchSize * tables.world().size()));
    }

    /** A pass that only goes forward and needs less memory. */
    public static Dcnv2 forInference(
            Device device, ModelConfig model, Precision precision, DenseParameters parameters, EmbeddingTables tables, int batchSize) {
        return new Dcnv2(device, model, precision, parameters, tables, batchSize, null);
    }

    private EmbeddingLayer bindEmbeddings(PassContext pass, Training training) {
        EmbeddingTables tables = pass.tables();
        EmbeddingLayer.Learning learning = training == null ? null
                : new EmbeddingLayer.Learning(tensors.x0Gradient(), training.rule(), training.stepValues(), preparing(tables));
        if (!tables.world().isSingle()) {
            return SharedEmbeddingLayer.bind(device, tables, exchanges, pass.ids(), inputs.ids(), tensors.get("x.0"), learning);
        }
        List<TableSet> tableSets = pass.tableSets(0);
        LocalEmbeddingLayer.Lookup learned = learning == null ? null : new LocalEmbeddingLayer.Lookup(tableSets, inputs.ids(), learning.x0Gradient());
        if (layers.looksUp()) {
            return LocalEmbeddingLayer.forUpdates(device, learned, learning.rule(), learning.stepValues());
        }
        LocalEmbeddingLayer.Lookup lookup = new LocalEmbeddingLayer.Lookup(tableSets, inputs.ids(), tensors.get("x.0"));
        return learning == null ? LocalEmbeddingLayer.forInference(device, lookup)
                : LocalEmbeddingLayer.forTraining(device, lookup, learned, learning.rule(), learning.stepValues());
    }

    /** One connection has one order of exchanges, in which ids of the next batch would wait for all those of the step; if any are exchanged. */
    private Collectives preparing(EmbeddingTables tables) {
        Collectives collectives = tables.world().collectives();
        boolean sendsIds = !tables.world().isSingle() && (tables.input().isDataParallel() || !tables.placement().replicated().isEmpty());
        return device.overlapsStreams() && sendsIds ? collectives.duplicate() : collectives;
    }

    private Operation bindTake() {
        // Layers may read the same ids.
        Set<StagedTensor> staged = new LinkedHashSet<>(inputs.withoutIds());
        if (embeddings != null) {
            staged.addAll(embeddings.staged());
        }
        staged.removeIf(part -> !part.isStaged());
        return staged.isEmpty() ? NOTHING
                : device.batch().copy(staged.stream().map(StagedTensor::prepared).toList(), staged.stream().map(StagedTensor::taken).toList());
    }

    /** Brings whatever {@code source} holds to where {@link #score} reads it. The caller closes it. */
    public Decoder decoder(RawBatchLayout layout, BatchOperations.Source source) {
        return device.batch().decoder(layout, source, numerical(), ids(), labels());
    }

    /** Training: brings whatever {@code source} holds to where {@link #prepareIds} and {@link #take} read it. The caller closes it. */
    public Decoder preparingDecoder(RawBatchLayout layout, BatchOperations.Source source) {
        return device.batch().decoder(layout, source, prepared(inputs.numerical()), prepared(inputs.ids()), prepared(inputs.labels()));
    }

    private static Tensor prepared(StagedTensor staged) {
        return staged == null ? null : staged.prepared();
    }

    private static Tensor taken(StagedTensor staged) {
        return staged == null ? null : staged.taken();
    }

    /**
     * Training: brings the decoded ids of a batch to their tables and groups them by row. Where {@linkplain Device#overlapsStreams streams overlap}, it works
     * beside a step on the batch before, once that one has been {@linkplain #take taken}.
     */
    public void prepareIds(Stream stream) {
        if (embeddings != null) {
            embeddings.prepareIds(stream);
        }
    }

    /** Training: makes the prepared batch the one that {@link #forwardToLoss}, {@link #backward} and {@link #updateTables} work on. */
    public void take(Stream stream) {
        take.launch(stream);
    }

    /** Samples per pass: this rank's share of the global batch. */
    public int batchSize() {
        return batchSize;
    }

    /** (batch, padded features), null without numerical features. */
    public Tensor numerical() {
        return taken(inputs.numerical());
    }

    /** (1, ids per batch) INT32, null without tables. */
    public Tensor ids() {
        return taken(inputs.ids());
    }

    /** (1, batch) FLOAT32. */
    public Tensor labels() {
        return tensors.get("labels");
    }

    /** (batch, 1). */
    public Tensor logits() {
        return tensors.get("logits");
    }

    /** (1, 1) FLOAT32, this rank's share of the mean loss of the global batch; in training only. */
    public Tensor loss() {
        return tensors.get("loss");
    }

    /** dL/dx0 over all paths, (batch, interaction width); what the update of the tables reads. */
    public Tensor x0Gradient() {
        return tensors.x0Gradient();
    }

    /** A value or gradient by its name in the tensor plan, for tests. */
    Tensor tensor(String name) {
        return tensors.get(name);
    }

    /**
     * Takes the dense weights as they are now. A pass that only goes forward computes with what it took last, so this comes before its first {@link #score}
     * and again after the weights have changed; a training pass always computes with the weights as they are, and this does nothing.
     */
    public void takeWeights(Stream stream) {
        if (fixed != null) {
            fixed.take(stream);
        }
    }

    /** Training: from the batch that was taken to logits and loss, and back through the last layer, which takes both ways at once. */
    public void forwardToLoss(Stream stream) {
        if (embeddings != null) {
            embeddings.lookUpPrepared(stream);
        }
        forwardToOutput(stream);
        layers.learnOutput(stream);
    }

    /** Evaluation: from a decoded batch to logits. A pass for training may do this between two steps. */
    public void score(Stream stream) {
        if (embeddings != null) {
            embeddings.lookUpDecoded(stream);
        }
        forwardToOutput(stream);
        layers.forwardOutput(stream);
    }

    private void forwardToOutput(Stream stream) {
        layers.forwardBottom(stream);
        if (embeddings != null) {
            embeddings.completeVectors(stream);
        }
        layers.forwardInteraction(stream);
    }

    /**
     * After {@link #forwardToLoss}, from the gradient of the last layer's input to the gradients of all other dense parameters and of x0. Several ranks then
     * all have the sums of the dense gradients, and the gradients of x0 are with the tables; what other ranks need leaves as soon as it is there.
     */
    public void backward(Stream stream) {
        layers.backwardInteraction(stream);
        if (embeddings != null) {
            embeddings.sendGradients(stream);
        }
        layers.backwardBottom(stream);
        side.join(stream);
        if (embeddings != null) {
            embeddings.awaitGradients(stream);
        }
    }

    /** Reduces the gradient of x0 by row and updates the rows that occurred. */
    public void updateTables(Stream stream) {
        if (embeddings != null) {
            embeddings.update(stream);
        }
    }

    @Override
    public void close() {
        // What is exchanged lies in memory of the other parts.
        if (exchanges != null && resources.forget(exchanges)) {
            exchanges.close();
        }
        resources.close();
    }
}
