package crosscut.engine.model;

import crosscut.kernels.device.Stream;

/**
 * All layers of a pass but the embedding tables, in the parts between which vectors and gradients are on their way from and to the tables. Either layer by
 * layer for the whole batch, or slice by slice of its samples.
 */
sealed interface DensePass extends AutoCloseable permits DenseLayers, SlicedPass {

    /** Whether it looks rows up itself, from the decoded ids, where it needs them; otherwise they have to be in x0 before {@link #forwardInteraction}. */
    boolean looksUp();

    /** From the numerical features to their columns of x0. */
    void forwardBottom(Stream stream);

    /** From x0 to the input of the output layer. */
    void forwardInteraction(Stream stream);

    /** From the input of the output layer to the logits. */
    void forwardOutput(Stream stream);

    /** Training: from the input of the output layer to logits and loss, and to the gradients of the output layer and of its input. */
    void learnOutput(Stream stream);

    /** Training: from the gradient of the output layer's input to that of x0. */
    void backwardInteraction(Stream stream);

    /** Training: from the gradient of x0 to those of the bottom MLP. */
    void backwardBottom(Stream stream);

    /** Frees what only this pass has. */
    @Override
    void close();
}
