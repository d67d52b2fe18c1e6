package crosscut.engine.data;

/** How many distinct ids a number of draws from the law of synthetic ids gives, in expectation. */
public final class ExpectedRows {

    /** Ids below are summed one by one. */
    private static final long SINGLE = 4096;

    /** From there on ids are taken together, as many as make the last one so much larger than the first: their probabilities differ little. */
    private static final double GROWTH = 1.01;

    private ExpectedRows() {
    }

    /**
     * {@code sum over ids of 1 - (1 - p(id))^draws}.
     *
     * @param cardinality number of ids, at least 1
     * @param alpha exponent of the power law, 0 for uniform
     * @param draws independent draws
     */
    public static double distinct(long cardinality, double alpha, long draws) {
        PowerLaw law = new PowerLaw(cardinality, alpha);
        double sum = 0;
        long first = 0;
        while (first < cardinality) {
            long end = first < SINGLE ? first + 1 : Math.min(cardinality, (long) Math.ceil(first * GROWTH));
            double share = law.cumulative(end - 1) - (first == 0 ? 0 : law.cumulative(first - 1));
            double probability = Math.min(1, share / (end - first));
            sum += (end - first) * -Math.expm1(draws * Math.log1p(-probability));
            first = end;
        }
        return sum;
    }
}
