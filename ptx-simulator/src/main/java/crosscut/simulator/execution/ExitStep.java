package crosscut.simulator.execution;

import crosscut.simulator.program.PtxInstruction;

/** {@code ret} and {@code exit}. */
final class ExitStep extends Step {

    ExitStep(PtxInstruction instruction) {
        super(instruction, Kind.EXIT);
    }

    @Override
    void run(Warp warp, int mask) {
        throw new IllegalStateException("threads are ended by the warp");
    }
}
