package crosscut.kernels.embedding;

/** How the rows of a multi-hot feature become one vector. */
public enum Pooling {
    SUM,
    MEAN
}
