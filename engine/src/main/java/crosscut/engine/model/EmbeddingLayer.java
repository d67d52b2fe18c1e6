package crosscut.engine.model;

import crosscut.kernels.collective.Collectives;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.optimizer.UpdateRule;
import java.util.List;

/** The embedding tables at work in one pass: rows into x0 on the way forward, gradient of x0 into rows on the way back. */
sealed interface EmbeddingLayer extends AutoCloseable permits LocalEmbeddingLayer, ExchangedEmbeddingLayer, ReplicatedEmbeddingLayer, SharedEmbeddingLayer {

    /** Training: brings the ids of a decoded batch to where the tables are and groups them by row. */
    void prepareIds(Stream stream);

    /** What {@link #prepareIds} leaves for the step, and the decoded ids that the step reads itself. */
    List<StagedTensor> staged();

    /** Training: looks the rows of the batch up whose staged parts were taken, and starts to bring them to x0. */
    void lookUpPrepared(Stream stream);

    /** Evaluation: brings the decoded ids to where the tables are, looks the rows up, and starts to bring them to x0. */
    void lookUpDecoded(Stream stream);

    /** Completes x0's columns from tables, which were looked up. */
    void completeVectors(Stream stream);

    /** Starts to bring the gradient of x0 to the tables. */
    void sendGradients(Stream stream);

    /** Completes what {@link #sendGradients} has started. */
    void awaitGradients(Stream stream);

    /** Reduces the gradients by row and updates the rows that occurred; after {@link #awaitGradients}. */
    void update(Stream stream);

    /**
     * What training adds to a layer.
     *
     * @param x0Gradient dL/dx0, (samples, interaction width)
     * @param rule the optimizer
     * @param stepValues (1, {@link UpdateRule#STEP_VALUES}) FLOAT32
     * @param preparing brings ids of prepared batches to other ranks, beside other exchanges where batches are prepared ahead
     */
    record Learning(Tensor x0Gradient, UpdateRule rule, Tensor stepValues, Collectives preparing) {}

    @Override
    void close();
}
