package crosscut.kernels.random;

import java.nio.charset.StandardCharsets;

/**
 * Random values for the initialisers that run on the host. The value at an index is a function of (seed, name, index) alone, so it does not matter who draws
 * it, in which order or on how many ranks. Different names give independent streams: the name is hashed into the upper half of the Philox counter, the seed
 * is the key. {@link #uniform} is what {@link RandomOperations#uniform} draws. Not thread safe.
 */
public final class RandomStream {

    /** The truncated normal distribution ends this many standard deviations from its mean, as Keras cuts it. */
    public static final double TRUNCATION = 2;

    private static final long FNV_OFFSET = 0xCBF29CE484222325L;
    private static final long FNV_PRIME = 0x100000001B3L;

    /** Bits of a normal value's counter that hold its index; redraws count above them. */
    private static final int INDEX_BITS = 48;

    private static final int ATTEMPTS = 1 << Long.SIZE - INDEX_BITS;

    /** Distance of neighbouring doubles below 1, so that 53 random bits fill (0, 1]. */
    private static final double UNIT_53 = 0x1p-53;

    private final long seed;
    private final long stream;
    private final Philox philox = new Philox();

    /** The stream of the tensor {@code name}. */
    public RandomStream(long seed, String name) {
        this.seed = seed;
        this.stream = streamOf(name);
    }

    /** The stream number of a tensor name: 64-bit FNV-1a over its UTF-8 bytes. */
    public static long streamOf(String name) {
        long hash = FNV_OFFSET;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ Byte.toUnsignedLong(b)) * FNV_PRIME;
        }
        return hash;
    }

    /** Uniform in [-bound, bound), in steps of bound * 2^-23. */
    public float uniform(long index, float bound) {
        philox.generate(index / Philox.WORDS, stream, seed);
        return UniformBits.symmetric(philox.word((int) (index % Philox.WORDS)), bound);
    }

    /** Standard normal (Box and Muller 1958). */
    public double normal(long index) {
        return normal(index, 0);
    }

    /** Standard normal, redrawn while it lies outside +- {@link #TRUNCATION}; its standard deviation is 0.8796. */
    public double truncatedNormal(long index) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            double value = normal(index, attempt);
            if (Math.abs(value) <= TRUNCATION) {
                return value;
            }
        }
        throw new IllegalStateException(ATTEMPTS + " normal values in a row outside +-" + TRUNCATION);
    }

    private double normal(long index, int attempt) {
        if (index >>> INDEX_BITS != 0) {
            throw new IllegalArgumentException("index " + index + " of a normal value is outside [0, 2^" + INDEX_BITS + ")");
        }
        philox.generate((long) attempt << INDEX_BITS | index, stream, seed);
        double radius = StrictMath.sqrt(-2 * StrictMath.log(unit(philox.word(0), philox.word(1))));
        return radius * StrictMath.cos(2 * Math.PI * unit(philox.word(2), philox.word(3)));
    }

    /** 53 of 64 random bits as a number in (0, 1]. */
    private static double unit(int low, int high) {
        long bits = (long) high << Integer.SIZE | Integer.toUnsignedLong(low);
        return ((bits >>> 11) + 1) * UNIT_53;
    }
}
