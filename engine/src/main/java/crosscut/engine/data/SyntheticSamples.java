package crosscut.engine.data;

import crosscut.engine.data.FeatureSpec.Feature;
import java.util.List;

/**
 * The features of synthetic samples: each value is a function of (seed, split, sample, column) only. Ids follow the power law of their feature (uniform
 * without an alpha), hotness gives independent draws, numerical features are uniform in [0, 1) and rounded to float16.
 */
final class SyntheticSamples {

    private final long key;
    private final PowerLaw[] laws;
    private final int[] hotness;
    private final int[] firstColumn;
    private final int numericalFeatures;
    private final int idColumns;

    SyntheticSamples(FeatureSpec spec, long seed, String split) {
        key = CounterHash.key(seed, "samples of " + split);
        List<Feature> features = spec.categorical();
        laws = features.stream().map(feature -> new PowerLaw(feature.cardinality().orElseThrow(), feature.alpha().orElse(0))).toArray(PowerLaw[]::new);
        hotness = features.stream().mapToInt(Feature::idsPerSample).toArray();
        firstColumn = new int[hotness.length];
        int columns = 0;
        for (int table = 0; table < hotness.length; table++) {
            firstColumn[table] = columns;
            columns += hotness[table];
        }
        idColumns = columns;
        numericalFeatures = spec.channels().numerical().size();
    }

    int tables() {
        return laws.length;
    }

    int hotness(int table) {
        return hotness[table];
    }

    PowerLaw law(int table) {
        return laws[table];
    }

    int numericalFeatures() {
        return numericalFeatures;
    }

    /** What all draws of one sample start from. */
    long sampleKey(long sample) {
        return CounterHash.at(key, sample);
    }

    int id(long sampleKey, int table, int position) {
        return laws[table].id(CounterHash.uniform(CounterHash.at(sampleKey, firstColumn[table] + position)));
    }

    /** A numerical feature as float16 bits. */
    short numerical(long sampleKey, int column) {
        return Float.floatToFloat16((float) CounterHash.uniform(CounterHash.at(sampleKey, idColumns + column)));
    }

    /** The number in [0, 1) that decides the label. */
    double labelDraw(long sampleKey) {
        return CounterHash.uniform(CounterHash.at(sampleKey, idColumns + numericalFeatures));
    }
}
