package crosscut.engine.data;

/**
 * Ids of synthetic data by inverse transform, as the reference's generator draws them: with g = 1 - alpha and k = cardinality + 1,
 * {@code id(u) = floor((u * (k^g - 1) + 1)^(1/g)) - 1} for uniform u in [0, 1). Id 0 is the most frequent. For alpha = 1 the limit {@code k^u} stands in for
 * the power.
 */
final class PowerLaw {

    /** Most draws hit the few frequent ids, whose whole stretch of u is known beforehand; only the rest pays for a power. */
    private static final int BUCKETS = 1024;

    private final long cardinality;
    private final double exponent;
    private final double range;
    private final int[] idOfBucket = new int[BUCKETS];

    /** The law of one table; alpha 0 is the uniform distribution. */
    PowerLaw(long cardinality, double alpha) {
        this.cardinality = cardinality;
        exponent = 1 - alpha;
        range = exponent == 0 ? Math.log(cardinality + 1.) : StrictMath.pow(cardinality + 1., exponent) - 1;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            int first = transform((double) bucket / BUCKETS);
            int last = transform(Math.nextDown((bucket + 1.) / BUCKETS));
            idOfBucket[bucket] = first == last ? first : -1;
        }
    }

    /** The id that {@code uniform} in [0, 1) stands for, in [0, cardinality). */
    int id(double uniform) {
        int known = idOfBucket[(int) (uniform * BUCKETS)];
        return known >= 0 ? known : transform(uniform);
    }

    /** The share of draws that give an id up to and including {@code id}: the inverse of the transform. */
    double cumulative(long id) {
        double next = id + 2.;
        return exponent == 0 ? Math.log(next) / range : (StrictMath.pow(next, exponent) - 1) / range;
    }

    /** The share of draws that give {@code id}. */
    double probability(long id) {
        return cumulative(id) - (id == 0 ? 0 : cumulative(id - 1));
    }

    private int transform(double uniform) {
        // StrictMath gives the same ids on every machine; not its pow, which allocates arrays in every call.
        double value = StrictMath.exp(exponent == 0 ? uniform * range : StrictMath.log(uniform * range + 1) / exponent);
        return (int) Math.clamp((long) Math.floor(value) - 1, 0, cardinality - 1);
    }
}
