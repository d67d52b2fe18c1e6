package crosscut.engine.preprocess.layout;

import crosscut.engine.UserException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What is done to the numbers of a column; missing values are 0 afterwards. */
public enum NumericTransform {
    /** As they are. */
    NONE("none", false),
    /** ln(x + 3), 0 for x of -3 and below: the reference's transform of Criteo's counts. */
    LOG3("log3", false),
    /** ln(x + 1), negative x count as 0. */
    LOG1P("log1p", false),
    /** (x - mean) / standard deviation over the training samples that have the value. */
    STANDARDIZE("none", true),
    /** log1p, then standardize. */
    LOG1P_STANDARDIZE("log1p", true);

    private final String function;
    private final boolean standardized;

    NumericTransform(String function, boolean standardized) {
        this.function = function;
        this.standardized = standardized;
    }

    /** The transform that flags and mapping files call {@code name}; throws {@link UserException} listing the names for any other. */
    public static NumericTransform named(String name) {
        return Arrays.stream(values()).filter(transform -> transform.label().equals(name)).findFirst()
                .orElseThrow(() -> new UserException("unknown numeric transform '" + name + "': one of " + String.join(", ", names())));
    }

    public static List<String> names() {
        return Arrays.stream(values()).map(NumericTransform::label).toList();
    }

    /** Name in flags and mapping files. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The SQL file transform_FUNCTION.sql that comes first. */
    public String function() {
        return function;
    }

    /** Whether mean and deviation of the training samples are taken out after the function. */
    public boolean isStandardized() {
        return standardized;
    }
}
