package crosscut.kernels.embedding;

/**
 * How the kernels of {@code embedding_sort.cuh} sort one set of pairs: only the bits that its keys have, in as few passes as possible, with digits as small as
 * that allows.
 *
 * @param tables what is sorted
 * @param passes number of passes, at least one
 * @param digitBits bits of a digit
 */
record RadixPasses(CudaTables.SortedTogether tables, int passes, int digitBits) {

    /** Threads of a block of every kernel of the sort. */
    static final int THREADS = 256;

    /** {@code TILE_PAIRS} and {@code MOST_DIGIT_BITS} of {@code embedding_sort.cuh}. */
    private static final int TILE_PAIRS = THREADS * 16;
    private static final int MOST_DIGIT_BITS = 9;

    RadixPasses(CudaTables.SortedTogether tables) {
        int bits = Math.max(1, Long.SIZE - Long.numberOfLeadingZeros(tables.keys() - 1));
        int passes = Math.ceilDiv(bits, MOST_DIGIT_BITS);
        this(tables, passes, Math.ceilDiv(bits, passes));
    }

    int digits() {
        return 1 << digitBits;
    }

    int tiles() {
        return Math.ceilDiv(tables.pairs(), TILE_PAIRS);
    }
}
