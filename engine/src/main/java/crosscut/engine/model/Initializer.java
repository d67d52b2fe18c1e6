package crosscut.engine.model;

/** How a parameter starts; the rules of the reference. */
sealed interface Initializer {

    /**
     * Truncated normal with mean 0 and the deviation that, after cutting at two sigma, gives variance 2 / (fanIn + fanOut) (Glorot and Bengio 2010, as Keras draws
     * it).
     */
    record GlorotNormal(int fanIn, int fanOut) implements Initializer {

        /** Standard deviation of a unit normal cut at two sigma. */
        private static final double TRUNCATED_DEVIATION = 0.87962566103423978;

        double deviation() {
            return Math.sqrt(2.0 / (fanIn + fanOut)) / TRUNCATED_DEVIATION;
        }
    }

    /** Normal with mean 0. */
    record Normal(double deviation) implements Initializer {}

    /** Normal with mean 0, redrawn outside two deviations. */
    record TruncatedNormal(double deviation) implements Initializer {}

    record Zeros() implements Initializer {}
}
