package crosscut.simulator.execution;

import crosscut.simulator.program.PtxInstruction;

/** {@code selp}: one of two values by a predicate. */
final class SelectStep extends Step {

    private final boolean wide;
    private final int target;
    private final int whenTrue;
    private final int whenFalse;
    private final int predicate;
    private final int flip;

    SelectStep(PtxInstruction instruction, boolean wide, int target, int whenTrue, int whenFalse, int predicate, int flip) {
        super(instruction);
        this.wide = wide;
        this.target = target;
        this.whenTrue = whenTrue;
        this.whenFalse = whenFalse;
        this.predicate = predicate;
        this.flip = flip;
    }

    @Override
    void run(Warp warp, int mask) {
        int chosen = warp.predicates[predicate] ^ flip;
        for (int rest = mask; rest != 0; rest &= rest - 1) {
            int lane = Integer.numberOfTrailingZeros(rest);
            int source = (chosen >>> lane & 1) != 0 ? whenTrue : whenFalse;
            if (wide) {
                warp.longs[target + lane] = warp.longs[source + lane];
            } else {
                warp.words[target + lane] = warp.words[source + lane];
            }
        }
    }
}
