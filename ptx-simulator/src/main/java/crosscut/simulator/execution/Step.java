package crosscut.simulator.execution;

import crosscut.simulator.program.PtxInstruction;

/** One instruction, ready to run. */
abstract class Step {

    /** What a warp has to do beyond running it. */
    enum Kind {
        STRAIGHT,
        BRANCH,
        EXIT,
        BLOCK_BARRIER,
        WARP_BARRIER
    }

    private final PtxInstruction instruction;
    private final int guard;
    private final int guardFlip;
    private int index;

    Step(PtxInstruction instruction) {
        this.instruction = instruction;
        this.guard = instruction.guard() == null ? -1 : instruction.guard().register().index();
        this.guardFlip = instruction.guard() != null && instruction.guard().isNegated() ? -1 : 0;
    }

    /** Says where in its kernel it stands. */
    final void place(int newIndex) {
        index = newIndex;
    }

    /** Its place in its kernel. */
    final int index() {
        return index;
    }

    final PtxInstruction instruction() {
        return instruction;
    }

    /** The lanes of {@code mask} whose guard lets them execute. */
    final int active(int[] predicates, int mask) {
        return guard < 0 ? mask : mask & (predicates[guard] ^ guardFlip);
    }

    Kind kind() {
        return Kind.STRAIGHT;
    }

    /** Runs for the lanes of {@code mask}, at least one. */
    abstract void run(Warp warp, int mask);
}
