package crosscut.engine.preprocess.layout;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the command line says about all columns; it wins over a mapping's general settings and loses against what a mapping says about one column. Empty means
 * that the command line says nothing.
 */
public record ColumnChoices(Optional<NumericTransform> transform, Optional<Boolean> missingFlags, OptionalLong frequencyThreshold, Optional<SplitRule> split) {

    public static ColumnChoices none() {
        return new ColumnChoices(Optional.empty(), Optional.empty(), OptionalLong.empty(), Optional.empty());
    }
}
