package crosscut.simulator.execution;

import crosscut.simulator.program.PtxInstruction;
import crosscut.simulator.program.PtxKernel;
import crosscut.simulator.program.PtxSyntaxException;

/** A kernel as steps, with the layout of a warp's registers. */
public final class Executable {

    /** Where results go that nobody reads: the first place of each register array. */
    static final int SCRATCH = 0;

    private final PtxKernel kernel;
    private final Step[] steps;
    private final Operands operands;

    private Executable(PtxKernel kernel, Step[] steps, Operands operands) {
        this.kernel = kernel;
        this.steps = steps;
        this.operands = operands;
    }

    /**
     * Prepares a kernel.
     *
     * @param moduleBase device address of its module's variables
     * @throws PtxSyntaxException with the line of the first instruction that the simulator does not execute
     */
    public static Executable of(PtxKernel kernel, long moduleBase) {
        Operands operands = new Operands(kernel, moduleBase);
        Translator translator = new Translator(kernel, operands);
        Step[] steps = new Step[kernel.instructions().size()];
        for (int index = 0; index < steps.length; index++) {
            steps[index] = translator.step(kernel.instructions().get(index));
            steps[index].setIndex(index);
        }
        return new Executable(kernel, steps, operands);
    }

    PtxKernel kernel() {
        return kernel;
    }

    Step[] steps() {
        return steps;
    }

    Operands operands() {
        return operands;
    }

    /** For messages: file and line of a step, or its line in the PTX. */
    String describe(int step) {
        PtxInstruction instruction = steps[step].instruction();
        return (instruction.source() == null ? "" : instruction.source() + ", ") + "PTX line " + instruction.line();
    }
}
