package crosscut.kernels.collective;

import crosscut.kernels.device.VectorLoops;
import java.lang.foreign.MemorySegment;

/** {@code terms[target] = ((terms[0] + terms[1]) + terms[2]) + ...} in fp32, elementwise; the other terms are scratch memory afterwards. */
final class RankOrderSum {

    /** Floats: what of all terms is added while it lies in the nearest cache. */
    private static final int BLOCK = 1024;

    private final MemorySegment[] terms;
    private final int target;
    private final long elements;

    /**
     * Binds the sum.
     *
     * @param terms one per rank, all of one size
     * @param target which of them becomes the sum
     */
    RankOrderSum(MemorySegment[] terms, int target) {
        this.terms = terms;
        this.target = target;
        this.elements = terms[target].byteSize() / Float.BYTES;
    }

    void run() {
        for (long first = 0; first < elements; first += BLOCK) {
            int count = (int) Math.min(BLOCK, elements - first);
            long offset = first * Float.BYTES;
            for (int rank = 1; rank < terms.length; rank++) {
                VectorLoops.add(terms[rank], offset, terms[0], offset, count);
            }
            if (target != 0) {
                VectorLoops.copy(terms[0], offset, terms[target], offset, count);
            }
        }
    }
}
