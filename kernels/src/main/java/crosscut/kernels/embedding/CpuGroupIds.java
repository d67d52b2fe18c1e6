package crosscut.kernels.embedding;

import crosscut.kernels.device.Operation;
import crosscut.kernels.device.Stream;
import crosscut.kernels.device.Tensor;
import crosscut.kernels.device.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Stable radix sort of (id, position), lowest digit first, one table per task. Only the bits that the table's cardinality needs are sorted. The first pass
 * reads the ids themselves, and the number of passes decides which of the two buffers it writes, so that the last one ends in the pairs.
 */
final class CpuGroupIds implements Operation, WorkerPool.Task {

    /** Histograms of this many buckets stay in the first-level cache. */
    private static final int MOST_DIGIT_BITS = 11;

    /** Few ids do not repay the clearing and summing of many buckets. */
    private static final int FEW_IDS = 4096;
    private static final int FEW_IDS_DIGIT_BITS = 8;

    private final WorkerPool pool;
    private final MemorySegment ids;
    private final long idsOffset;
    private final CpuIdGroups groups;
    private final int[][] bucketsOfWorker;

    CpuGroupIds(WorkerPool pool, Tensor ids, CpuIdGroups groups) {
        this.pool = pool;
        boolean none = groups.tables().tables().isEmpty();
        this.ids = none ? null : ids.hostSegment();
        this.idsOffset = none ? 0 : ids.byteOffset();
        this.groups = groups;
        this.bucketsOfWorker = new int[pool.threads()][1 << MOST_DIGIT_BITS];
    }

    @Override
    public void launch(Stream stream) {
        pool.parallel(groups.tables().tables().size(), this);
    }

    @Override
    public void run(int index, int worker) {
        EmbeddingTable table = groups.tables().tables().get(index);
        int length = groups.length(index);
        int bits = Math.max(1, Long.SIZE - Long.numberOfLeadingZeros(table.cardinality() - 1));
        int passes = Math.ceilDiv(bits, length < FEW_IDS ? FEW_IDS_DIGIT_BITS : MOST_DIGIT_BITS);
        int digitBits = Math.ceilDiv(bits, passes);
        int[] buckets = bucketsOfWorker[worker];
        MemorySegment target = passes % 2 == 1 ? groups.target() : groups.spare();
        MemorySegment source = passes % 2 == 1 ? groups.spare() : groups.target();
        long offset = groups.pairOffset(index);
        long firstId = idsOffset + table.idOffset() * Integer.BYTES;
        countIds(firstId, length, digitBits, buckets);
        scatterIds(firstId, length, digitBits, buckets, target, offset);
        for (int pass = 1; pass < passes; pass++) {
            MemorySegment swap = source;
            source = target;
            target = swap;
            int shift = Integer.SIZE + pass * digitBits;
            countPairs(source, offset, length, shift, digitBits, buckets);
            scatterPairs(source, offset, length, shift, digitBits, buckets, target);
        }
    }

    private void countIds(long firstId, int length, int digitBits, int[] buckets) {
        int mask = (1 << digitBits) - 1;
        Arrays.fill(buckets, 0, mask + 1, 0);
        for (int position = 0; position < length; position++) {
            buckets[ids.get(ValueLayout.JAVA_INT, firstId + (long) position * Integer.BYTES) & mask]++;
        }
        startsFromCounts(buckets, mask + 1);
    }

    private void scatterIds(long firstId, int length, int digitBits, int[] starts, MemorySegment target, long offset) {
        int mask = (1 << digitBits) - 1;
        for (int position = 0; position < length; position++) {
            int id = ids.get(ValueLayout.JAVA_INT, firstId + (long) position * Integer.BYTES);
            target.set(ValueLayout.JAVA_LONG, offset + (long) starts[id & mask]++ * Long.BYTES, CpuIdGroups.pairOf(id, position));
        }
    }

    private static void countPairs(MemorySegment source, long offset, int length, int shift, int digitBits, int[] buckets) {
        int mask = (1 << digitBits) - 1;
        Arrays.fill(buckets, 0, mask + 1, 0);
        for (int index = 0; index < length; index++) {
            buckets[(int) (source.get(ValueLayout.JAVA_LONG, offset + (long) index * Long.BYTES) >>> shift) & mask]++;
        }
        startsFromCounts(buckets, mask + 1);
    }

    private static void scatterPairs(
            MemorySegment source, long offset, int length, int shift, int digitBits, int[] starts, MemorySegment target) {
        int mask = (1 << digitBits) - 1;
        for (int index = 0; index < length; index++) {
            long pair = source.get(ValueLayout.JAVA_LONG, offset + (long) index * Long.BYTES);
            target.set(ValueLayout.JAVA_LONG, offset + (long) starts[(int) (pair >>> shift) & mask]++ * Long.BYTES, pair);
        }
    }

    private static void startsFromCounts(int[] buckets, int size) {
        int start = 0;
        for (int bucket = 0; bucket < size; bucket++) {
            int count = buckets[bucket];
            buckets[bucket] = start;
            start += count;
        }
    }
}
