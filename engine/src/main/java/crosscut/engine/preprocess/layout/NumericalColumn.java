package crosscut.engine.preprocess.layout;

/**
 * A column of numbers.
 *
 * @param name in the source, and of the feature
 * @param missingFlag whether a second feature NAME_missing is 1 where the value is missing
 */
public record NumericalColumn(String name, NumericTransform transform, boolean missingFlag) {

    /** Name of the feature that tells missing values. */
    public String flagName() {
        return name + "_missing";
    }
}
