package crosscut.simulator.execution;

import crosscut.simulator.program.PtxInstruction;

/** An operation between the lanes of a warp that the lanes of a member mask reach together: shfl, vote, match, redux and the warp's barrier. */
final class ExchangeStep extends Step {

    /** Does the work for the lanes that arrived. */
    @FunctionalInterface
    interface Exchange {
        void run(Warp warp, int mask);
    }

    private final Exchange exchange;
    private final int members;
    private final boolean orders;

    /**
     * An exchange.
     *
     * @param members place of the member mask
     * @param orders whether memory accesses before it come before those behind it
     */
    ExchangeStep(PtxInstruction instruction, Exchange exchange, int members, boolean orders) {
        super(instruction, Kind.WARP_BARRIER);
        this.exchange = exchange;
        this.members = members;
        this.orders = orders;
    }

    /** The member mask that the lowest of these lanes names. */
    int members(Warp warp, int mask) {
        return warp.words[members + Integer.numberOfTrailingZeros(mask)];
    }

    @Override
    void run(Warp warp, int mask) {
        exchange.run(warp, mask);
        if (orders) {
            warp.orderLanes(mask);
        }
    }
}
