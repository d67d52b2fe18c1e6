package crosscut.engine.model;

import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.optimizer.UpdateRule;

/** The embedding tables at work in one pass: rows into x0 on the way forward, gradient of x0 into rows on the way back. */
sealed interface EmbeddingLayer extends AutoCloseable permits LocalEmbeddingLayer, ExchangedEmbeddingLayer, ReplicatedEmbeddingLayer, SharedEmbeddingLayer {

    /** Brings the decoded ids to where the tables are; comes right after decoding. */
    void distributeIds(Stream stream);

    /** Looks the rows up and starts to bring them to x0. */
    void lookUp(Stream stream);

    /** Completes x0's columns from tables; after {@link #lookUp}. */
    void completeVectors(Stream stream);

    /** Groups the ids of the batch by row; any time between {@link #distributeIds} and {@link #update}. */
    void groupIds(Stream stream);

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
     */
    record Learning(Tensor x0Gradient, UpdateRule rule, Tensor stepValues) {}

    @Override
    void close();
}
