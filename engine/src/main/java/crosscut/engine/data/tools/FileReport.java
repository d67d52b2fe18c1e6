package crosscut.engine.data.tools;

import java.util.List;

/**
 * What {@code inspect} found in one file of a tf_raw folder.
 *
 * @param file path relative to the folder of the feature spec
 * @param features that the file holds
 * @param rows samples
 * @param valuesPerRow numerical features, or ids of a categorical one
 * @param dtype numpy name of the element type
 * @param min least value; of numerical features among the finite ones
 * @param max greatest value, likewise
 * @param mean of the values, likewise
 * @param distinct number of different values inside the allowed range
 * @param cardinality of a categorical feature, or null
 * @param violation what is wrong with values of the file, or null
 */
public record FileReport(String split, String file, List<String> features, long rows, int valuesPerRow, String dtype, double min, double max, double mean,
                         long distinct, Long cardinality, Violation violation) {

    /**
     * Values that must not be there.
     *
     * @param feature that the first of them belongs to
     * @param sample index of the first of them in the split
     * @param value the first of them
     * @param count how many there are in the file
     * @param rule what they break
     */
    public record Violation(String feature, long sample, double value, long count, String rule) {
    }
}
