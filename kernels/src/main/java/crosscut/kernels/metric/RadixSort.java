package crosscut.kernels.metric;

import java.util.Arrays;

/** Least-significant-digit radix sort of ints: several times as fast as comparing them, for one more buffer of the same length. */
final class RadixSort {

    private static final int DIGIT_BITS = 11;
    private static final int MASK = (1 << DIGIT_BITS) - 1;

    /** Below this the buckets cost more than comparisons. */
    private static final int FEW_VALUES = 1 << 12;

    private int[] buffer = new int[0];

    /** Sorts the first {@code length} values. */
    void sort(int[] values, int length) {
        if (length < FEW_VALUES) {
            Arrays.sort(values, 0, length);
            return;
        }
        if (buffer.length < length) {
            buffer = new int[length];
        }
        scatter(values, buffer, length, 0, 0);
        scatter(buffer, values, length, DIGIT_BITS, 0);
        // The last digit is cut at bit 32; its sign bit is turned round so that negative values come first.
        scatter(values, buffer, length, 2 * DIGIT_BITS, 1 << Integer.SIZE - 1 - 2 * DIGIT_BITS);
        System.arraycopy(buffer, 0, values, 0, length);
    }

    private static void scatter(int[] source, int[] target, int length, int shift, int flip) {
        int[] starts = new int[MASK + 1];
        for (int index = 0; index < length; index++) {
            starts[source[index] >>> shift & MASK ^ flip]++;
        }
        int start = 0;
        for (int bucket = 0; bucket <= MASK; bucket++) {
            int count = starts[bucket];
            starts[bucket] = start;
            start += count;
        }
        for (int index = 0; index < length; index++) {
            int value = source[index];
            target[starts[value >>> shift & MASK ^ flip]++] = value;
        }
    }
}
