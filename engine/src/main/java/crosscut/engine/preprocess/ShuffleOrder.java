package crosscut.engine.preprocess;

import java.util.Map;

/** The random order of the training samples: sorted by a pseudorandom function of seed and row number, so it depends on nothing else. */
final class ShuffleOrder {

    private static final long PRIME = (1L << 31) - 1;

    private ShuffleOrder() {
    }

    /** The SQL expression over row_number to sort by; row numbers 2^31 - 1 apart get the same key. */
    static String key(long seed) {
        long multiplier = 1 + Long.remainderUnsigned(mix(seed), PRIME - 1);
        long increment = Long.remainderUnsigned(mix(~seed), PRIME);
        String index = SqlTemplate.named("shuffle_index").fill(Map.of("multiplier", Long.toString(multiplier), "increment", Long.toString(increment)));
        return SqlTemplate.named("shuffle_key").fill(Map.of("index", index));
    }

    /** The output function of SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014). */
    private static long mix(long state) {
        long z = state + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
