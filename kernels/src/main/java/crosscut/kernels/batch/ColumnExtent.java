package crosscut.kernels.batch;

/** Which samples of a global batch a column of a raw batch holds: several ranks share a global batch, and each needs other columns of it. */
public enum ColumnExtent {

    /** This rank's own samples, of which its logits and loss are. */
    SHARE,

    /** Those of all ranks, in the order of ranks. */
    GLOBAL,

    /** None: the column is not read. */
    NONE
}
