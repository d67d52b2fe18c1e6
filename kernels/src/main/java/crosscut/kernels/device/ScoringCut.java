package crosscut.kernels.device;

/**
 * How the CPU cuts a pass that only goes forward: by samples, all layers of some of them being one thread's work, where the ops of the pass are too short to be
 * shared by threads one by one. Measured on 2 cores of Zen 5, two threads against op by op: 0.4 MB of weights, 32 rows x1.6, 64 rows x1.6, 256 rows x1.1, 2,048
 * rows x0.9; 64 MB of weights, 2,048 rows in 8 slices x1.0.
 */
final class ScoringCut {

    /** Every slice reads all weights, so they should stay in the second-level cache of a core. */
    private static final long MOST_WEIGHT_BYTES = 1 << 20;

    /** From more rows on every op has enough blocks, which read the weights of one layer again and again. */
    private static final int MOST_ROWS = 256;

    private static final int ROWS_OF_SLICE = 64;

    /** Products of fewer rows take nearly as long. */
    private static final int FEWEST_ROWS_OF_SLICE = 16;

    private ScoringCut() {
    }

    /** {@link Device#scoringSlices}. */
    static SampleSlices slices(int batch, long weightBytes) {
        if (batch > MOST_ROWS || weightBytes > MOST_WEIGHT_BYTES) {
            return SampleSlices.whole(batch);
        }
        int halves = batch < 2 * FEWEST_ROWS_OF_SLICE ? 1 : 2;
        return new SampleSlices(batch, Math.max(halves, batch / ROWS_OF_SLICE), 1);
    }
}
