package crosscut.kernels.random;

/** From random bits to uniform numbers. */
final class UniformBits {

    private static final int UNUSED_BITS = 8;

    private UniformBits() {
    }

    /**
     * The upper 24 bits as a value in [-bound, bound). Everything before the last product is exact, and the product of the largest value rounds below the
     * bound, as one step is at least one unit in the last place of the bound.
     */
    static float symmetric(int bits, float bound) {
        return ((bits >>> UNUSED_BITS) * 0x1p-23f - 1) * bound;
    }
}
