package crosscut.kernels.random;

/**
 * Philox4x32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3" (SC 2011), section 3.3:
 * 128 random bits as a function of a 128-bit counter and a 64-bit key. An instance only keeps the last block; it is not thread safe.
 */
final class Philox {

    /** Words in a block. */
    static final int WORDS = 4;

    private static final int ROUNDS = 10;
    private static final long MULTIPLIER_0 = 0xD2511F53L;
    private static final long MULTIPLIER_1 = 0xCD9E8D57L;
    private static final int KEY_STEP_0 = 0x9E3779B9;
    private static final int KEY_STEP_1 = 0xBB67AE85;
    private static final long LOWER_HALF = 0xFFFFFFFFL;

    private final int[] words = new int[WORDS];

    /**
     * Computes a block.
     *
     * @param counterLow counter words 0 (lower half) and 1
     * @param counterHigh counter words 2 and 3
     * @param key key words 0 and 1
     */
    void generate(long counterLow, long counterHigh, long key) {
        int word0 = (int) counterLow;
        int word1 = (int) (counterLow >>> Integer.SIZE);
        int word2 = (int) counterHigh;
        int word3 = (int) (counterHigh >>> Integer.SIZE);
        int key0 = (int) key;
        int key1 = (int) (key >>> Integer.SIZE);
        for (int round = 0; round < ROUNDS; round++) {
            long product0 = MULTIPLIER_0 * (word0 & LOWER_HALF);
            long product1 = MULTIPLIER_1 * (word2 & LOWER_HALF);
            word0 = (int) (product1 >>> Integer.SIZE) ^ word1 ^ key0;
            word1 = (int) product1;
            word2 = (int) (product0 >>> Integer.SIZE) ^ word3 ^ key1;
            word3 = (int) product0;
            key0 += KEY_STEP_0;
            key1 += KEY_STEP_1;
        }
        words[0] = word0;
        words[1] = word1;
        words[2] = word2;
        words[3] = word3;
    }

    /** Word {@code index} of the last block. */
    int word(int index) {
        return words[index];
    }
}
