package crosscut.engine.model;

import crosscut.engine.config.ModelConfig;
import crosscut.engine.config.Precision;
import crosscut.kernels.batch.BatchOperations;
import crosscut.kernels.batch.Decoder;
import crosscut.kernels.batch.RawBatchLayout;
import crosscut.kernels.device.Branch;
import crosscut.kernels.device.Device;
import crosscut.kernels.device.Operation;
import crosscut.kernels.device.OperationSequence;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.embedding.TableSet;
import crosscut.kernels.gemm.Activation;
import crosscut.kernels.optimizer.LossScale;
import crosscut.kernels.optimizer.UpdateRule;
import java.util.List;
import java.util.stream.IntStream;

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

    private final ModelConfig model;
    private final Device device;
    private final int batchSize;
    private final TensorPlan.Tensors memory;
    private final Dcnv2Tensors tensors;
    private final EmbeddingLayer embeddings;
    private final Mlp bottom;
    private final CrossNetwork cross;
    private final Mlp top;
    private final Operation repeatBottom;
    private final Operation loss;
    private final Operation x0Gradient;
    private final SideWork side;
    private final Exchanges exchanges;
    private final Stream idStream;
    private final Branch idGroups;

    private Dcnv2(
            Device device, ModelConfig model, Precision precision, DenseParameters parameters, EmbeddingTables tables, int batchSize, Training training) {
        this.model = model;
        this.device = device;
        this.batchSize = batchSize;
        this.memory = Dcnv2Tensors.plan(model, precision, batchSize, training != null).allocate(device);
        this.tensors = new Dcnv2Tensors(model, training != null, memory);
        this.exchanges = tables.world().isSingle() ? null : new Exchanges(device, tables.world().collectives());
        this.side = training == null ? null
                : new SideWork(device, exchanges == null ? null : new DenseGradientSum(parameters, tables.world().collectives(), exchanges));
        this.embeddings = model.tables().isEmpty() ? null : bindEmbeddings(tables, training);
        this.bottom = model.numericalFeatures() == 0 ? null : new Mlp(device, parameters, "bottom", tensors.bottomValues(),
                training == null ? null : tensors.bottomGradients(), Activation.RELU, side);
        this.cross = new CrossNetwork(device, model, parameters, tensors.cross(), side);
        this.top = new Mlp(device, parameters, "top", tensors.topValues(), training == null ? null : tensors.topGradients(), Activation.NONE,
                side);
        this.repeatBottom = bindTopInput();
        this.x0Gradient = training == null ? NOTHING : bindX0Gradient(training.lossScale());
        this.loss = device.loss().binaryCrossEntropy(logits(), labels(), training == null ? batchSize : training.globalBatch(),
                training == null ? null : training.factor(), training == null ? null : tensors.get("gradient.logits"), loss());
        this.idStream = training == null || embeddings == null ? null : device.createStream("id groups");
        this.idGroups = idStream == null ? null : new Branch(device, idStream, embeddings::groupIds);
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

    private record Training(UpdateRule rule, Tensor stepValues, Tensor lossScale, long globalBatch) {

        /** The factor on the gradient of the loss, null for 1. */
        Tensor factor() {
            return lossScale == null ? null : lossScale.columnRange(LossScale.SCALE, 1);
        }
    }

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

    private EmbeddingLayer bindEmbeddings(EmbeddingTables tables, Training training) {
        Tensor x0 = tensors.get("x.0");
        EmbeddingLayer.Learning learning = training == null ? null
                : new EmbeddingLayer.Learning(tensors.x0Gradient(), training.rule(), training.stepValues());
        if (!tables.world().isSingle()) {
            return SharedEmbeddingLayer.bind(device, model, tables, exchanges, ids(), x0, learning);
        }
        List<EmbeddingTables.Use> uses = IntStream.range(0, tables.count())
                .mapToObj(table -> new EmbeddingTables.Use(table, (long) batchSize * model.idOffset(table), model.columnOffset(table))).toList();
        List<TableSet> tableSets = tables.tableSets(uses);
        LocalEmbeddingLayer.Lookup lookup = new LocalEmbeddingLayer.Lookup(tableSets, ids(), x0);
        return learning == null ? LocalEmbeddingLayer.forInference(device, lookup) : LocalEmbeddingLayer.forTraining(
                device, lookup, new LocalEmbeddingLayer.Lookup(tableSets, ids(), learning.x0Gradient()), learning.rule(), learning.stepValues());
    }

    private Operation bindTopInput() {
        Tensor input = tensors.topInput();
        Tensor repeated = tensors.repeatedBottom(input);
        Operation copyBottom = repeated == null ? NOTHING : device.cross().copy(tensors.get("x.0").columnRange(0, model.bottomWidth()), repeated);
        if (model.crossLayers() > 0 || !model.topInputIsSeparate()) {
            return copyBottom;
        }
        // Without cross layers nothing has written x0 into the top MLP's own input yet.
        Operation copyX0 = device.cross().copy(tensors.get("x.0"), input.columnRange(0, model.interactionWidth()));
        return new OperationSequence(List.of(copyX0, copyBottom));
    }

    private Operation bindX0Gradient(Tensor lossScale) {
        CrossNetwork.CrossTensors c = tensors.cross();
        Tensor throughTop = tensors.repeatedBottom(tensors.get("gradient.top.input"));
        return device.cross().inputGradient(c.xGradients(), c.h(), throughTop, c.x().getFirst(), model.bottomWidth(), tensors.x0Gradient(),
                lossScale);
    }

    /** Brings whatever {@code source} holds to this pass's inputs. The caller closes it; {@link #distributeIds} follows its decoding. */
    public Decoder decoder(RawBatchLayout layout, BatchOperations.Source source) {
        return device.batch().decoder(layout, source, numerical(), ids(), labels());
    }

    /** Brings the decoded ids to their tables. */
    public void distributeIds(Stream stream) {
        if (embeddings != null) {
            embeddings.distributeIds(stream);
        }
    }

    /** Samples per pass: this rank's share of the global batch. */
    public int batchSize() {
        return batchSize;
    }

    /** (batch, padded features), null without numerical features. */
    public Tensor numerical() {
        return model.numericalFeatures() > 0 ? tensors.get("numerical") : null;
    }

    /** (1, ids per batch) INT32, null without tables. */
    public Tensor ids() {
        return model.tables().isEmpty() ? null : tensors.get("ids");
    }

    /** (1, batch) FLOAT32. */
    public Tensor labels() {
        return tensors.get("labels");
    }

    /** (batch, 1). */
    public Tensor logits() {
        return tensors.get("logits");
    }

    /** (1, 1) FLOAT32, this rank's share of the mean loss of the global batch. */
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

    /** From decoded inputs to logits. */
    public void forward(Stream stream) {
        if (embeddings != null) {
            embeddings.lookUp(stream);
        }
        if (bottom != null) {
            bottom.forward(stream);
        }
        if (embeddings != null) {
            embeddings.completeVectors(stream);
        }
        cross.forward(stream);
        repeatBottom.launch(stream);
        top.forward(stream);
    }

    /** From logits and labels to the loss and, in training, its gradient with respect to the logits. */
    public void loss(Stream stream) {
        loss.launch(stream);
    }

    /**
     * From the gradient of the logits to the gradients of all dense parameters and of x0. Several ranks then all have the sums of the dense gradients, and the
     * gradients of x0 are with the tables; what other ranks need leaves as soon as it is there.
     */
    public void backward(Stream stream) {
        top.backward(stream);
        cross.backward(stream);
        x0Gradient.launch(stream);
        if (embeddings != null) {
            embeddings.sendGradients(stream);
        }
        if (bottom != null) {
            bottom.backward(stream);
        }
        side.join(stream);
        if (embeddings != null) {
            embeddings.awaitGradients(stream);
        }
    }

    /** Groups the ids of the batch by row, beside what the stream does next; after {@link #distributeIds}. {@link #updateTables} waits for it. */
    public void groupIds(Stream stream) {
        if (idGroups != null) {
            idGroups.fork().launch(stream);
        }
    }

    /** Reduces the gradient of x0 by row and updates the rows that occurred. */
    public void updateTables(Stream stream) {
        if (embeddings != null) {
            idGroups.join().launch(stream);
            embeddings.update(stream);
        }
    }

    @Override
    public void close() {
        if (exchanges != null) {
            exchanges.close();
        }
        memory.close();
        if (embeddings != null) {
            embeddings.close();
        }
        if (idGroups != null) {
            idGroups.close();
            idStream.close();
        }
        if (side != null) {
            side.close();
        }
    }
}
