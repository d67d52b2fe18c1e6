package crosscut.simulator.execution;

import crosscut.simulator.program.PtxInstruction;

/** A step that is no more than some work for the active lanes. */
final class RunStep extends Step {

    private final ExchangeStep.Exchange work;

    RunStep(PtxInstruction instruction, ExchangeStep.Exchange work) {
        super(instruction);
        this.work = work;
    }

    @Override
    void run(Warp warp, int mask) {
        work.run(warp, mask);
    }
}
