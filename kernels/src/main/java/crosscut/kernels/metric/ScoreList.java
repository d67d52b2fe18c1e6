package crosscut.kernels.metric;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A growing list of ints that can be walked in ascending order. It grows by doubling up to one chunk and then by whole chunks, so that it never needs more than
 * one chunk beyond its content; the chunks are sorted one by one in place and merged while they are walked.
 */
final class ScoreList {

    private static final int FIRST_CAPACITY = 1 << 10;

    /** 64 MiB: few enough chunks to look at the head of each at every step, small enough that the sort's second buffer does not matter. */
    static final int CHUNK_CAPACITY = 1 << 24;

    private final int chunkCapacity;
    private final List<int[]> fullChunks = new ArrayList<>();
    private int[] last;
    private int lastLength;

    ScoreList() {
        this(CHUNK_CAPACITY);
    }

    ScoreList(int chunkCapacity) {
        this.chunkCapacity = chunkCapacity;
        this.last = new int[Math.min(FIRST_CAPACITY, chunkCapacity)];
    }

    void add(int value) {
        if (lastLength == last.length) {
            grow();
        }
        last[lastLength++] = value;
    }

    private void grow() {
        if (last.length < chunkCapacity) {
            last = Arrays.copyOf(last, Math.min(2 * last.length, chunkCapacity));
        } else {
            fullChunks.add(last);
            last = new int[chunkCapacity];
            lastLength = 0;
        }
    }

    long size() {
        return (long) fullChunks.size() * chunkCapacity + lastLength;
    }

    /** Sorts the chunks and starts a walk. Adding is allowed again when the walk is over. */
    Ascending ascending() {
        RadixSort sort = new RadixSort();
        for (int[] chunk : fullChunks) {
            sort.sort(chunk, chunkCapacity);
        }
        sort.sort(last, lastLength);
        return new Ascending();
    }

    /** A walk over all values, equal ones together. */
    final class Ascending {

        private final int[][] chunks = new int[fullChunks.size() + 1][];
        private final int[] lengths = new int[chunks.length];
        private final int[] next = new int[chunks.length];
        private long left = size();
        private int smallest;

        private Ascending() {
            for (int chunk = 0; chunk < fullChunks.size(); chunk++) {
                chunks[chunk] = fullChunks.get(chunk);
                lengths[chunk] = chunkCapacity;
            }
            chunks[chunks.length - 1] = last;
            lengths[chunks.length - 1] = lastLength;
            findSmallest();
        }

        boolean hasNext() {
            return left > 0;
        }

        /** The smallest value not taken yet. */
        int smallest() {
            return smallest;
        }

        /** Takes all values equal to {@code value}, which must be the smallest, and says how many there were. */
        long take(int value) {
            long before = left;
            for (int chunk = 0; chunk < chunks.length; chunk++) {
                int start = next[chunk];
                int end = start;
                while (end < lengths[chunk] && chunks[chunk][end] == value) {
                    end++;
                }
                next[chunk] = end;
                left -= end - start;
            }
            findSmallest();
            return before - left;
        }

        private void findSmallest() {
            int found = Integer.MAX_VALUE;
            for (int chunk = 0; chunk < chunks.length; chunk++) {
                if (next[chunk] < lengths[chunk]) {
                    found = Math.min(found, chunks[chunk][next[chunk]]);
                }
            }
            smallest = found;
        }
    }
}
