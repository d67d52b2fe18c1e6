package crosscut.simulator.execution;

import crosscut.simulator.program.PtxInstruction;

/** {@code bar.sync}: waits for the threads of the block, or for as many as it says. */
final class BarrierStep extends Step {

    private final int barrier;
    private final int threads;

    /**
     * A barrier.
     *
     * @param barrier place of its number
     * @param threads place of how many threads it waits for, -1 for all of the block
     */
    BarrierStep(PtxInstruction instruction, int barrier, int threads) {
        super(instruction, Kind.BLOCK_BARRIER);
        this.barrier = barrier;
        this.threads = threads;
    }

    /** The barrier's number as the lowest of these lanes names it. */
    int barrier(Warp warp, int mask) {
        return warp.words[barrier + Integer.numberOfTrailingZeros(mask)];
    }

    /** How many threads it waits for, 0 for all of the block. */
    int threads(Warp warp, int mask) {
        return threads < 0 ? 0 : warp.words[threads + Integer.numberOfTrailingZeros(mask)];
    }

    @Override
    void run(Warp warp, int mask) {
        throw new IllegalStateException("a barrier is passed by the block");
    }
}
