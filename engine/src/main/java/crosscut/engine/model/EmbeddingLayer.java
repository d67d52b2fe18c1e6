package crosscut.engine.model;

import crosscut.kernels.device.Stream;

/** The embedding tables at work in one pass: rows into x0 on the way forward, gradient of x0 into rows on the way back. */
sealed interface EmbeddingLayer extends AutoCloseable permits LocalEmbeddingLayer, ExchangedEmbeddingLayer {

    /** Brings the decoded ids to where the tables are; comes right after decoding. */
    void distributeIds(Stream stream);

    /** Looks the rows up and writes them into x0. */
    void forward(Stream stream);

    /** Groups the ids of the batch by row; any time between {@link #distributeIds} and {@link #update}. */
    void groupIds(Stream stream);

    /** Reduces the gradient of x0 by row and updates the rows that occurred. */
    void update(Stream stream);

    @Override
    void close();
}
