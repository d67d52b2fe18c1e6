package crosscut.simulator;

import crosscut.simulator.execution.LaneOrder;

/**
 * How a simulator runs kernels.
 *
 * @param order order of lanes and warps between synchronisations
 * @param seed of the random order
 * @param checks whether reads of unwritten memory and races are looked for; bounds, alignment and barriers always are
 * @param threads threads to run blocks on without checks; with checks blocks run one after the other
 */
public record SimulatorOptions(LaneOrder order, long seed, boolean checks, int threads) {

    public SimulatorOptions {
        if (threads < 1) {
            throw new IllegalArgumentException(threads + " threads");
        }
    }

    /** Lock step with all checks. */
    public static SimulatorOptions defaults() {
        return new SimulatorOptions(LaneOrder.LOCK_STEP, 0, true, 1);
    }
}
