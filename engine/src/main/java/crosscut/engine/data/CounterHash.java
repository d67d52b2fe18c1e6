package crosscut.engine.data;

/**
 * Random bits as a function of a counter: the finaliser of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014, with the
 * constants of Stafford's variant 13), so that any sample can be drawn without drawing those before it.
 */
final class CounterHash {

    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;

    private CounterHash() {
    }

    /** A bijection of 64 bits in which every input bit reaches every output bit. */
    static long mix(long bits) {
        long z = bits;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /** The {@code index}-th value of the stream that {@code key} names. */
    static long at(long key, long index) {
        return mix(key + (index + 1) * GOLDEN_GAMMA);
    }

    /** A key from a name, the same in every run. */
    static long key(long seed, String name) {
        long key = mix(seed + GOLDEN_GAMMA);
        for (int position = 0; position < name.length(); position++) {
            key = mix(key ^ name.charAt(position) + GOLDEN_GAMMA);
        }
        return key;
    }

    /** The upper 53 bits as a uniform number in [0, 1). */
    static double uniform(long bits) {
        return (bits >>> 11) * 0x1p-53;
    }
}
