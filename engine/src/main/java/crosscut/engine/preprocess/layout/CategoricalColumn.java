package crosscut.engine.preprocess.layout;

/**
 * A column of categories.
 *
 * @param name in the source, and of the feature
 * @param frequencyThreshold values seen less often share id 0; 0 and 1 keep every value
 */
public record CategoricalColumn(String name, long frequencyThreshold) {
}
