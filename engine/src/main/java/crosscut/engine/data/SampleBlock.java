package crosscut.engine.data;

import java.util.Arrays;

/**
 * Which samples a stretch of a batch consists of, sorted roughly by where they lie: a column is then gone through from its begin to its end, and neighbours
 * share pages and cache lines. One thread at a time; nothing is allocated after the constructor.
 */
final class SampleBlock {

    private static final int POSITION_BITS = 16;
    private static final long POSITION_MASK = (1L << POSITION_BITS) - 1;

    /** Most samples of a block. */
    static final int MOST_SAMPLES = 1 << POSITION_BITS;

    /** Into how many stretches of equal length the split is cut to sort by. More take longer to count than the order within one is worth. */
    private static final int STRETCH_BITS = 12;

    private final long[] unsorted = new long[MOST_SAMPLES];
    private final long[] places = new long[MOST_SAMPLES];
    private final int[] starts = new int[(1 << STRETCH_BITS) + 1];
    private int count;

    /**
     * Looks up the samples at positions {@code first} to {@code first + newCount - 1} of an order.
     *
     * @param samples of the split
     */
    void locate(SampleOrder order, long first, int newCount, long samples) {
        count = newCount;
        int shift = Math.max(0, Long.SIZE - Long.numberOfLeadingZeros(samples - 1) - STRETCH_BITS);
        Arrays.fill(starts, 0);
        for (int position = 0; position < newCount; position++) {
            long sample = order.sampleAt(first + position);
            unsorted[position] = sample;
            starts[(int) (sample >>> shift) + 1]++;
        }
        for (int stretch = 1; stretch < starts.length; stretch++) {
            starts[stretch] += starts[stretch - 1];
        }
        for (int position = 0; position < newCount; position++) {
            long sample = unsorted[position];
            places[starts[(int) (sample >>> shift)]++] = sample << POSITION_BITS | position;
        }
    }

    /** Samples of the block. */
    int count() {
        return count;
    }

    /** One entry per sample of the block, to be taken apart by {@link #sample} and {@link #position}. */
    long[] places() {
        return places;
    }

    /** Index of the sample in the split. */
    static long sample(long place) {
        return place >>> POSITION_BITS;
    }

    /** Position of the sample in the block. */
    static long position(long place) {
        return place & POSITION_MASK;
    }
}
