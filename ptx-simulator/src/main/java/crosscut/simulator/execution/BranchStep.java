package crosscut.simulator.execution;

import crosscut.simulator.program.PtxInstruction;

/** {@code bra}. */
final class BranchStep extends Step {

    private final int target;

    BranchStep(PtxInstruction instruction, int target) {
        super(instruction, Kind.BRANCH);
        this.target = target;
    }

    /** Index of the step to go on with. */
    int target() {
        return target;
    }

    @Override
    void run(Warp warp, int mask) {
        throw new IllegalStateException("a branch is taken by the warp");
    }
}
