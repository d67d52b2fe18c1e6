package crosscut.engine.data;

/**
 * A random permutation of the samples that needs no memory: a Feistel network over the smallest power of two that holds all positions, walked on until the
 * result lies inside (cycle walking; Black and Rogaway, Ciphers with Arbitrary Finite Domains, 2002). Less than two steps of the walk on average.
 */
public final class ShuffledOrder implements SampleOrder {

    private static final int ROUNDS = 6;

    private final long samples;
    private final int upperBits;
    private final int lowerBits;
    private final long[] keys = new long[ROUNDS];

    /** The order of one epoch: another seed or epoch gives another order. */
    public ShuffledOrder(long samples, long seed, int epoch) {
        if (samples < 1) {
            throw new IllegalArgumentException(samples + " samples cannot be shuffled");
        }
        this.samples = samples;
        int bits = Long.SIZE - Long.numberOfLeadingZeros(samples - 1);
        upperBits = bits / 2;
        lowerBits = bits - upperBits;
        long key = CounterHash.at(CounterHash.key(seed, "shuffled order"), epoch);
        for (int round = 0; round < ROUNDS; round++) {
            keys[round] = CounterHash.at(key, round);
        }
    }

    @Override
    public long sampleAt(long position) {
        if (position < 0 || position >= samples) {
            throw new IndexOutOfBoundsException("position " + position + " of " + samples + " samples");
        }
        long sample = position;
        do {
            sample = permute(sample);
        } while (sample >= samples);
        return sample;
    }

    private long permute(long value) {
        long upper = value >>> lowerBits;
        long lower = value & mask(lowerBits);
        for (int round = 0; round < ROUNDS; round += 2) {
            upper ^= CounterHash.mix(lower + keys[round]) & mask(upperBits);
            lower ^= CounterHash.mix(upper + keys[round + 1]) & mask(lowerBits);
        }
        return upper << lowerBits | lower;
    }

    private static long mask(int bits) {
        return (1L << bits) - 1;
    }
}
