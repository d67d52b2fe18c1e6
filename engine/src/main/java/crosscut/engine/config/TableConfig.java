package crosscut.engine.config;

import crosscut.engine.UserException;
import crosscut.kernels.embedding.Pooling;

/**
 * One embedding table of the model.
 *
 * @param name feature name
 * @param cardinality number of rows
 * @param dimension width of a row
 * @param hotness ids per sample
 * @param pooling how the rows of a sample are joined when hotness is above 1
 */
public record TableConfig(String name, long cardinality, int dimension, int hotness, Pooling pooling) {

    public TableConfig {
        if (cardinality < 1) {
            throw new UserException("feature " + name + ": cardinality " + cardinality + " must be at least 1");
        }
        if (dimension < 1) {
            throw new UserException("feature " + name + ": embedding dimension " + dimension + " must be at least 1");
        }
        if (hotness < 1) {
            throw new UserException("feature " + name + ": hotness " + hotness + " must be at least 1");
        }
    }
}
