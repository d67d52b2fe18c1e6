package crosscut.engine.data;

import crosscut.engine.UserException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A hidden model that labels synthetic samples, so that learning can be verified: label ~ Bernoulli(p), logit(p) = bias + scale * (first-order effects of ids +
 * products of two tables' gates + first-order effects of the numerical features).
 *
 * <p>It is made to be learnable from a modest number of samples: an id carries an effect only when it is expected in at least one of {@value #RARENESS}
 * samples (rarer ones are met too seldom), and an interaction is the product of two gates, each open (1) for some ids of a table and closed (0) for the others,
 * of {@value #MOST_PAIRS} pairs of tables at most. Each of the three parts is standardised over a probe split, so that the shares below hold whatever the spec.
 */
final class PlantedTeacher {

    static final int RARENESS = 256;
    static final int MOST_PAIRS = 4;
    private static final int PROBED_SAMPLES = 8192;
    private static final double[] VARIANCE_SHARES = {.5, .3, .2};
    /** Standard deviation of the logit and its mean: a Bayes AUC between .80 and .86 with about three positive samples in ten. */
    private static final double SCALE = 1.7;
    private static final double BIAS = -1.2;

    private final double[][] effects;
    private final double[][] gates;
    private final int[] pairs;
    private final double[] slopes;
    private final double[] factors;
    private final double offset;

    /** The teacher of a seed and spec, the same for all splits. */
    PlantedTeacher(FeatureSpec spec, long seed) {
        SyntheticSamples probe = new SyntheticSamples(spec, seed, "probe of the teacher");
        SplittableRandom random = new SplittableRandom(CounterHash.key(seed, "teacher"));
        effects = new double[probe.tables()][];
        gates = new double[probe.tables()][];
        List<Integer> carrying = new ArrayList<>();
        for (int table = 0; table < probe.tables(); table++) {
            int ids = frequentIds(probe.law(table), spec.categorical().get(table).cardinality().orElseThrow());
            effects[table] = random.doubles(ids, -1, 1).toArray();
            gates[table] = random.ints(ids, 0, 2).asDoubleStream().toArray();
            if (ids > 1) {
                // The two most frequent ids differ, so that no gate is nearly always open or nearly always closed.
                gates[table][1] = 1 - gates[table][0];
                carrying.add(table);
            }
        }
        pairs = carrying.stream().limit(Math.min(MOST_PAIRS, carrying.size() / 2) * 2L).mapToInt(Integer::intValue).toArray();
        slopes = random.doubles(probe.numericalFeatures(), -1, 1).toArray();
        double[][] parts = parts(probe);
        factors = factors(parts);
        offset = -dot(means(parts), factors);
    }

    /** Probability of a positive label. */
    double probability(SyntheticSamples samples, long sampleKey) {
        double score = factors[0] * firstOrder(samples, sampleKey) + factors[1] * interactions(samples, sampleKey) + factors[2] * numerical(samples, sampleKey);
        return 1 / (1 + StrictMath.exp(-(BIAS + SCALE * (score + offset))));
    }

    private static int frequentIds(PowerLaw law, long cardinality) {
        int ids = 0;
        while (ids < cardinality && law.probability(ids) >= 1. / RARENESS) {
            ids++;
        }
        return ids;
    }

    private double firstOrder(SyntheticSamples samples, long sampleKey) {
        double sum = 0;
        for (int table = 0; table < effects.length; table++) {
            sum += ofTable(effects, samples, sampleKey, table);
        }
        return sum;
    }

    private double interactions(SyntheticSamples samples, long sampleKey) {
        double sum = 0;
        for (int pair = 0; pair < pairs.length; pair += 2) {
            sum += ofTable(gates, samples, sampleKey, pairs[pair]) * ofTable(gates, samples, sampleKey, pairs[pair + 1]);
        }
        return sum;
    }

    private double numerical(SyntheticSamples samples, long sampleKey) {
        double sum = 0;
        for (int column = 0; column < slopes.length; column++) {
            sum += slopes[column] * Float.float16ToFloat(samples.numerical(sampleKey, column));
        }
        return sum;
    }

    /** Mean over the ids of the sample, so that hotness does not change the size of the effect. */
    private static double ofTable(double[][] weights, SyntheticSamples samples, long sampleKey, int table) {
        double sum = 0;
        for (int position = 0; position < samples.hotness(table); position++) {
            int id = samples.id(sampleKey, table, position);
            sum += id < weights[table].length ? weights[table][id] : 0;
        }
        return sum / samples.hotness(table);
    }

    private double[][] parts(SyntheticSamples probe) {
        double[][] parts = new double[VARIANCE_SHARES.length][PROBED_SAMPLES];
        for (int sample = 0; sample < PROBED_SAMPLES; sample++) {
            long key = probe.sampleKey(sample);
            parts[0][sample] = firstOrder(probe, key);
            parts[1][sample] = interactions(probe, key);
            parts[2][sample] = numerical(probe, key);
        }
        return parts;
    }

    /** What each part is multiplied by so that the parts that vary at all have their shares of a variance of 1. */
    private static double[] factors(double[][] parts) {
        double[] means = means(parts);
        double[] deviations = new double[parts.length];
        double shares = 0;
        for (int part = 0; part < parts.length; part++) {
            double squares = 0;
            for (double value : parts[part]) {
                squares += (value - means[part]) * (value - means[part]);
            }
            deviations[part] = Math.sqrt(squares / PROBED_SAMPLES);
            shares += deviations[part] > 0 ? VARIANCE_SHARES[part] : 0;
        }
        if (shares == 0) {
            throw new UserException("planted labels need a numerical feature or an id that at least one of " + RARENESS
                    + " samples has, but the feature spec has neither: use --labels coin");
        }
        double[] factors = new double[parts.length];
        for (int part = 0; part < parts.length; part++) {
            factors[part] = deviations[part] > 0 ? Math.sqrt(VARIANCE_SHARES[part] / shares) / deviations[part] : 0;
        }
        return factors;
    }

    private static double[] means(double[][] parts) {
        double[] means = new double[parts.length];
        for (int part = 0; part < parts.length; part++) {
            for (double value : parts[part]) {
                means[part] += value / PROBED_SAMPLES;
            }
        }
        return means;
    }

    private static double dot(double[] left, double[] right) {
        double sum = 0;
        for (int index = 0; index < left.length; index++) {
            sum += left[index] * right[index];
        }
        return sum;
    }
}
