package crosscut.simulator.execution;

import crosscut.simulator.program.PtxInstruction;

/** {@code setp}: a comparison, joined with a further predicate where the form says so, into one predicate or into it and its opposite. */
final class CompareStep extends Step {

    /** Compares 32 lanes; bit l of the result belongs to lane l. */
    @FunctionalInterface
    interface Comparison {
        int of(int[] w, long[] q, int a, int b);
    }

    /** What joins the comparison with a further predicate. */
    enum Join {
        NONE,
        AND,
        OR,
        XOR
    }

    private final Comparison comparison;
    private final int a;
    private final int b;
    private final int result;
    private final int opposite;
    private final Join join;
    private final int joined;
    private final int joinedFlip;

    /**
     * A comparison.
     *
     * @param result index of the predicate
     * @param opposite index of the predicate that gets the comparison's opposite, -1 for none
     * @param joined index of the further predicate
     * @param joinedFlip -1 when it is negated
     */
    CompareStep(PtxInstruction instruction, Comparison comparison, int a, int b, int result, int opposite, Join join, int joined, int joinedFlip) {
        super(instruction);
        this.comparison = comparison;
        this.a = a;
        this.b = b;
        this.result = result;
        this.opposite = opposite;
        this.join = join;
        this.joined = joined;
        this.joinedFlip = joinedFlip;
    }

    @Override
    void run(Warp warp, int mask) {
        int[] predicates = warp.predicates;
        int compared = comparison.of(warp.words, warp.longs, a, b);
        int further = join == Join.NONE ? 0 : predicates[joined] ^ joinedFlip;
        predicates[result] = predicates[result] & ~mask | joined(compared, further) & mask;
        if (opposite >= 0) {
            predicates[opposite] = predicates[opposite] & ~mask | joined(~compared, further) & mask;
        }
    }

    private int joined(int compared, int further) {
        return switch (join) {
            case NONE -> compared;
            case AND -> compared & further;
            case OR -> compared | further;
            case XOR -> compared ^ further;
        };
    }
}
