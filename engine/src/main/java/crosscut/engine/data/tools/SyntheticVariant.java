package crosscut.engine.data.tools;

import crosscut.engine.UserException;
import crosscut.engine.data.ColumnType;
import crosscut.engine.data.FeatureSpec;
import crosscut.engine.data.FeatureSpec.Channels;
import crosscut.engine.data.FeatureSpec.Feature;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Shapes of synthetic data that {@code generate-feature-spec} writes: 13 numerical features and the categorical ones of the real Criteo Terabyte data at a
 * frequency threshold of 15, 3 or 0, plus a small one whose cardinalities lie on the limits of the integer types. Cardinalities and their order are those of
 * the reference's generator; it lists T3 and T0 in lexicographic column order.
 */
public enum SyntheticVariant {
    CRITEO_T15_SYNTHETIC(
            7912889, 33823, 17139, 7339, 20046, 4, 7105, 1382, 63, 5554114, 582469, 245828, 11, 2209, 10667, 104, 4, 968, 15, 8165896, 2675940, 7156453, 302516,
            12022, 97, 35),
    CRITEO_T3_SYNTHETIC(
            45833188, 36747, 1572176, 345139, 11, 2209, 11268, 128, 4, 975, 15, 48937457, 17246, 11316796, 40094537, 452104, 12607, 105, 36, 7414, 20244, 4,
            7115, 1442, 63, 29275261),
    CRITEO_T0_SYNTHETIC(
            227605432, 39061, 3067956, 405283, 11, 2209, 11939, 155, 4, 977, 15, 292775614, 17296, 40790948, 187188510, 590152, 12974, 109, 37, 7425, 20266, 4,
            7123, 1544, 64, 130229467),
    SMALL_SYNTHETIC(5000, 126, 127, 32766, 32767, 4, 1, 97, 50000);

    /** Tables are not scaled below this many rows, unless they have fewer to begin with. */
    public static final int FEWEST_ROWS = 4;

    private static final int NUMERICAL_FEATURES = 13;
    private static final double ALPHA = 1.45;
    /** The last table of the small variant has a flatter law, so that a sample touches most of a large table. */
    private static final double FLATTER_ALPHA = 1.05;

    private final long[] cardinalities;

    SyntheticVariant(long... cardinalities) {
        this.cardinalities = cardinalities;
    }

    /**
     * The spec of this variant.
     *
     * @param scale every cardinality is multiplied by this and rounded, but stays at least {@value #FEWEST_ROWS} (or what it was, if that is less)
     * @throws UserException when the scale is not positive or makes a table too large for 32-bit ids
     */
    public FeatureSpec spec(double scale) {
        if (!(scale > 0) || Double.isInfinite(scale)) {
            throw new UserException("--scale must be a positive number, but is " + scale);
        }
        Map<String, Feature> features = new LinkedHashMap<>();
        List<String> categorical = new ArrayList<>();
        for (int table = 0; table < cardinalities.length; table++) {
            String name = "cat_" + table;
            categorical.add(name);
            features.put(name, new Feature(name, ColumnType.INT32, OptionalLong.of(scaled(name, cardinalities[table], scale)), OptionalInt.of(1),
                    OptionalDouble.of(alpha(table))));
        }
        List<String> numerical = new ArrayList<>();
        for (int column = 0; column < NUMERICAL_FEATURES; column++) {
            numerical.add("num_" + column);
            features.put("num_" + column, Feature.plain("num_" + column, ColumnType.FLOAT16));
        }
        features.put("label", Feature.plain("label", ColumnType.INT8));
        return new FeatureSpec(features, new Channels(categorical, numerical, "label"), Map.of(), Map.of());
    }

    private double alpha(int table) {
        return this == SMALL_SYNTHETIC && table == cardinalities.length - 1 ? FLATTER_ALPHA : ALPHA;
    }

    private static long scaled(String feature, long cardinality, double scale) {
        double scaled = Math.max(Math.min(cardinality, FEWEST_ROWS), Math.rint(cardinality * scale));
        if (scaled >= ColumnType.INT32.cardinalityLimit()) {
            throw new UserException("--scale " + scale + " gives feature " + feature + " a cardinality of " + (long) scaled
                    + "; ids have at most 32 bits, so it must stay below " + ColumnType.INT32.cardinalityLimit());
        }
        return (long) scaled;
    }
}
