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
    private final Kind kind;
    private int index = -1;

    Step(PtxInstruction instruction) {
        this(instruction, Kind.STRAIGHT);
    }

    Step(PtxInstruction instruction, Kind kind) {
        this.instruction = instruction;
        this.kind = kind;
        this.guard = instruction.guard() == null ? -1 : instruction.guard().register().index();
        this.guardFlip = instruction.guard() != null && instruction.guard().isNegated() ? -1 : 0;
    }

    final PtxInstruction instruction() {
        return instruction;
    }

    /** The lanes of {@code mask} whose guard lets them execute. */
    final int active(int[] predicates, int mask) {
        return guard < 0 ? mask : mask & (predicates[guard] ^ guardFlip);
    }

    final Kind kind() {
        return kind;
    }

    /** Its number in the kernel. */
    final int index() {
        return index;
    }

    final void setIndex(int number) {
        index = number;
    }

    /** Runs for the lanes of {@code mask}, at least one. */
    abstract void run(Warp warp, int mask);
}
